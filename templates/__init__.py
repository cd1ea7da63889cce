"""Templates and labels of the report; installed as `auditor.templates`."""
