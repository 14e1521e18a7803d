"""The catalog: rows derived from journals that answer queries. The only code that opens a database."""
