"""SEPA files out and bank messages in: formats only, no database."""
