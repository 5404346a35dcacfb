"""Signed and encrypted envelopes between bodies, their receipts, and their proof without network or database."""
