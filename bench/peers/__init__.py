"""The peers' side of the benchmarks: run by the interpreter of the peer's own environment, never imported."""
