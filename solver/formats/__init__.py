"""The public instance formats: each read into a Problem, and a Plan written in their own solution form."""
