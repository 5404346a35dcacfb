"""Pages of ARIPA."""
