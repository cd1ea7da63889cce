"""The files that people write: read strictly, with positions."""
