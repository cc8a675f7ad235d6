"""Page images to lines of text with their places. The ports are in ports.py; the rest adapts or combines."""
