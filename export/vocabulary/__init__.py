"""Leave the tokens out that the evaluation does not need, and prove that nothing else changes."""
