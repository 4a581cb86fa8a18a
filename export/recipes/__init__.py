"""Quantization recipes: a file is a recipe and its name, with dashes, the recipe's."""
