"""Records, findable: a view of what is kept that can always be thrown away and rebuilt."""
