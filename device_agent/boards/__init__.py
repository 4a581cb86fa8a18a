"""Board families: a file is a family and its name the family's."""
