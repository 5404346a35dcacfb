"""Pages of the month and of the families, for agents."""
