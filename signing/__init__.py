"""From a PDF to a sealed PDF, and from a sealed PDF to a report in words."""
