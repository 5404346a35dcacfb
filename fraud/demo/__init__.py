"""Control and exchanges in the demonstration."""
