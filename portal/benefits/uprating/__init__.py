"""Uprating day: a new value of a figure is seen before its day, then compared with what the month gives."""
