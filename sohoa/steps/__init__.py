"""The way of a paper, one module a stage: plain functions over ports, each safe to repeat."""
