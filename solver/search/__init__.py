"""The search: ruin-and-recreate in numba over a day packed into flat arrays."""
