"""People who do not exist: names, numbers and chance that never changes, for the populations of every benefit."""
