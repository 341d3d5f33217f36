"""HTTP: JSON routes, pages, live events."""
