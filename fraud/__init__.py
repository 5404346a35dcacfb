"""Control programme and exchanges against fraud."""
