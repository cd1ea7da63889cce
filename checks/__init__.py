"""Checks, one folder a family; installed as `auditor.checks`."""
