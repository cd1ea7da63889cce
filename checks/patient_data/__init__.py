"""Exposed personal and health data."""
