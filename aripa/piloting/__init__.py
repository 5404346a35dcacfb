"""What the direction reads of pensions: figures, each with what it counts and the list behind it."""
