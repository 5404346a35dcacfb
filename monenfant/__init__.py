"""Childcare availability (monenfant)."""
