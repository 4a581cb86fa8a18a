"""The forms of prediction and label files, one file a form; several tasks share some."""
