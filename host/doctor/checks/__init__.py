"""One file for each thing that is looked at; pure: from what a device said to findings."""
