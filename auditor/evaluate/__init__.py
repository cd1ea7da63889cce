"""From snapshots to findings; pure."""
