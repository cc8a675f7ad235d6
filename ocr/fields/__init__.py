"""Lines of a paper -> its type and index fields. Pure: no disk beyond the packaged YAML, no clock, no engine."""
