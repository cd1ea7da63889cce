"""Sets, limits and end-of-life dates that checks judge by."""
