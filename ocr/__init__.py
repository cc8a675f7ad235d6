"""From a page image to lines with their places, from lines to fields, and from both to a searchable PDF."""
