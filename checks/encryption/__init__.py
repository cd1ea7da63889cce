"""Unencrypted storage and transport."""
