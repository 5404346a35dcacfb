"""The national common directory of social protection: one look-up, one motive, and the report to Parliament."""
