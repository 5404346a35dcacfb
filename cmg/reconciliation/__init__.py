"""The two sides of a month laid next to each other, and what they disagree about."""
