"""Snapshots and checks to findings: pure, offline, the same from a run's files."""
