"""What a visitor, or the command line, can take away."""
