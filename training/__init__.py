"""How our own models and counts were made. Never packaged; reads texts that are not part of the repository."""
