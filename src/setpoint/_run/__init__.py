"""A live run: what a script's process does, from ``init()`` to ``finish()``. It never opens a database."""
