"""How a host is reached, one file each."""
