"""Recipes for LiteRT."""
