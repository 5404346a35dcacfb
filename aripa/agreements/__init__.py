"""Agreements that two parents write together and a fund makes enforceable (CSS L. 582-2, R. 582-1 to R. 582-4)."""
