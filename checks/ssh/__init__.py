"""Remote administration by SSH."""
