"""Migration, retention and over-collection."""
