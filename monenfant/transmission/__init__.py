"""How the software of crèches says what is free (decision on transmissions, docs/availability.md)."""
