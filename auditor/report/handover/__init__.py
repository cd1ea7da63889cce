"""What may leave the audit team: redaction by level, names that stand for others."""
