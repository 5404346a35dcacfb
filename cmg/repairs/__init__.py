"""Repairing a family's data, seeing what that changes in euros before it moves, and putting issued months right."""
