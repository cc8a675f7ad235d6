"""The product: what configures, assembles and exposes the packages beside it."""
