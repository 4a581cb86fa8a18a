"""The five studies at the demo's size: made, trained and answered here in minutes."""
