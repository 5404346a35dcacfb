"""CMG, childcare benefit: rights, declarations, reconciliation, settlement."""
