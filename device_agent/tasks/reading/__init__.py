"""Readers of the benchmark's file forms, one file a form; several tasks share each."""
