"""Page images and what was read on them to PDF: the legal copy, and the rules such a copy must keep."""
