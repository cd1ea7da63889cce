"""Shared and unaccountable accounts."""
