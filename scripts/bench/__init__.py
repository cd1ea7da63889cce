"""`make bench`: what auditing one host costs, as ratios to plain ssh and python."""
