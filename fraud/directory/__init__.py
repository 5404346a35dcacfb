"""Bodies that exchange and the officers designated for it, each by a dated act (CSS L. 114-16-1, L. 114-16-3)."""
