"""A run as a SARIF log: the log, its results, its rules."""
