"""Exchanges between bodies: a request or a communication, answers item by item, delays, retention and purge."""
