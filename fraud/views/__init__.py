"""Pages of control and exchanges, one module of addresses a part."""
