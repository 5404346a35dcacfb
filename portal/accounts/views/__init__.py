"""Pages of signing in: doors, second factor, rights."""
