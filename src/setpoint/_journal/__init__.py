"""A run's files: the only code that knows the file format. ``docs/design/journal.md`` is the format."""
