"""Lines of real scans, labelled where independent readers agree, and what the line detector makes of their pages."""
