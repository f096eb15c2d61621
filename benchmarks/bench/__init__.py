"""What the benchmarks share: processes that are measured, servers and peers to measure beside, tables and plots."""
