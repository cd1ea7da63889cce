"""Public and anonymous access."""
