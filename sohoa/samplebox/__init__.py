"""A sample box of papers, drawn in code: what `sohoa demo` takes in, with the truth about every paper."""
