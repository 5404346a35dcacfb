"""Money of pensions leaves and comes back: orders written with the movements, the bank's answers, what waits."""
