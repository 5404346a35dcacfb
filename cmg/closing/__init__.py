"""The month: what is prepared for all families, what a slice does, and what the whole amounts to."""
