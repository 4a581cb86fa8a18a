"""The user's benchmark folder: what is in it, and what of it a study ships to the device."""
