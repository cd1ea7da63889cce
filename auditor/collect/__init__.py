"""From the inventory to snapshots: the sh program and who carries it."""
