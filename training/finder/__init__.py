"""The line finder made from PP-OCRv6's detector: its network, what it learns from, and how it is judged."""
