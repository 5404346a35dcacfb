"""The pensions of the demonstration: a few hundred made-up cases, and named people with their stories."""
