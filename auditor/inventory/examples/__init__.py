"""What `auditor init` writes."""
