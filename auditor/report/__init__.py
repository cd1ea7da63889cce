"""What comes after judging: one report format a module, `as_<name>.py`."""
