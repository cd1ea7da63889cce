"""Unsupported software and missing updates."""
