"""The awk programs that cut down what leaves the target."""
