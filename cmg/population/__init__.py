"""A synthetic population for tests, benchmarks and the demonstration: see `generate`."""

from cmg.population.generator import AUVERGNE, Summary, generate

__all__ = ["AUVERGNE", "Summary", "generate"]
