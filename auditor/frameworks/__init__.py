"""Texts of the requirements that checks are mapped to."""
