"""How fast the page is, beside the same page built with its peers, and how many visitors it bears."""
