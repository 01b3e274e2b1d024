"""Serving: Voilà with our settings, our template, and our static files."""
