"""What a family reads of its own months, money, papers and requests: selectors that start from the signed-in parent."""
