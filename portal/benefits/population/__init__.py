"""Families of ARS and AEEH that do not exist, of any size up to that of France, as the files that funds send."""

from portal.benefits.population.generator import Summary, generate

__all__ = ["Summary", "generate"]
