"""The arithmetic and the printing of the benchmarks; what they measure is never a test."""
