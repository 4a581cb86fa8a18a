"""Three-phase recipes that make checkpoints."""
