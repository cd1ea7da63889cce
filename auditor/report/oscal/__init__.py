"""A run as OSCAL assessment results: the parts, and what findings become there."""
