"""Pages of ARIPA: those of its caseworkers, and those of the two parents."""
