"""Missing logging, supervision and alerting."""
