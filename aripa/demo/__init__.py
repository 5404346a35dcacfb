"""The pensions of the demonstration: a few hundred made-up cases, and five named people with their stories."""
