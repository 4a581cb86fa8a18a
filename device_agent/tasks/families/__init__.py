"""What tasks of one form have in common, one file a form; a task's own file holds the rest."""
