"""Real hosts on one machine, in network namespaces over overlay file systems."""
