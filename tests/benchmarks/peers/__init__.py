"""Four other engines, each given the same day as far as its own interface goes."""
