"""Latency and throughput: rounds, their intervals and what they decide."""
