"""A family declares its month: drafts, the live estimate, sending, comparing; its rights, the simulator, its account."""
