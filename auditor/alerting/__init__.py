"""Telling people what got worse, once."""
