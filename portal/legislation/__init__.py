"""Dated legal figures and the column-rule engine."""
