"""What the report says, part by part, whichever format shows it."""
