"""Facts, one noun of a system a file: a shell fragment and the parser of its answer."""
