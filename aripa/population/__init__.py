"""A synthetic population of intermediation for tests, benchmarks and the demonstration: see `generate`."""

from aripa.population.generator import Summary, generate

__all__ = ["Summary", "generate"]
