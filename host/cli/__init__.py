"""The commands, one file each and thin."""
