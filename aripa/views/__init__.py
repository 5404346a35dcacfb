"""Pages of ARIPA's caseworkers."""
