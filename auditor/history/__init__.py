"""What changed between runs and why: pure, of run files alone."""
