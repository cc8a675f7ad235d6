"""What this software calls itself in the files it makes."""

from importlib.metadata import version

SOFTWARE = f"sohoa {version('sohoa')}"
