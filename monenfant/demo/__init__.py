"""The demonstration of childcare: the offer of Auvergne, and the people who enter."""
