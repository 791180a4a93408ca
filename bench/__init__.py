"""Measurements, each beside a named peer in the same run; figures go to ``docs/benchmarks.md``."""
