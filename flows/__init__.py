"""Prefect and nothing else: the order of the work, its retries and its schedule."""
