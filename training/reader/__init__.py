"""How the product's own reader of lines is made: see docs/training.md."""
