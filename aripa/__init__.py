"""Child-support intermediation and recovery (ARIPA) and the family support allowance (ASF)."""
