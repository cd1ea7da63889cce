"""Does an alert reach anybody? Waiting for it where the client says that it arrives."""
