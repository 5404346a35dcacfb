"""The law of the CMG as column rules: pure, dated, exact."""
