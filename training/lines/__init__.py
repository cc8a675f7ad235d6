"""Lines to learn from: rendered text and lines of born-digital documents, worn as paper, copiers and scanners do it."""
