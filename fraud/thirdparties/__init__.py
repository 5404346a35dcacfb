"""Requests to third parties (banks, employers, suppliers): CSS L. 114-19 to L. 114-21."""
