"""From the facts that the chosen checks ask for to a snapshot of each host."""
