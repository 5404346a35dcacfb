"""What the direction looks at: figures counted from the rows at each reading, each with the list behind it."""
