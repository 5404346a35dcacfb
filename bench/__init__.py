"""Benchmarks: each prints ratios measured in the same run, beside a peer or a limit. Never part of the tests."""
