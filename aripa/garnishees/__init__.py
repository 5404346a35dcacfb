"""Garnishees (employers, banks, France Travail): their way in to an order, what they read of it, what they answer."""
