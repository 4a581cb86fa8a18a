"""A study's answer as a page, as Markdown, in a terminal and as JSON: one document, four forms."""
