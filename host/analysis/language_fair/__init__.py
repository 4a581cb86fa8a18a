"""What a language costs with the same model, so that it is not read as what a model costs."""
