"""Facts, one noun a file: shell fragment and parser."""
