"""The tables behind a report, one file each: what CSV and Parquet write."""
