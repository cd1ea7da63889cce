"""From a run to HTML, JSON and the terminal."""
