"""How much of a config file is read. Each bound keeps any file, also a hostile one, under 1 s and 200 MB.

They were set by measuring the slowest input we know for each (``tests/unit/run/test_files_limits.py``) on a slow
two-core machine, with a margin of about two.
"""

DEPTH = 64  # dicts and lists inside each other
PARTS = 30_000  # names and values together
ALIASED_PARTS = 10_000  # names and values that YAML aliases add
DIGITS = 10_000  # of one number
TOML_NUMBER_CHARACTERS = 4_000  # tomllib itself can't read more than 4,300 digits
TAG_LINES = 100  # %TAG lines: libyaml compares each with all before it

SIZE_BYTES = {".yaml": 4 << 20, ".yml": 4 << 20, ".json": 4 << 20, ".toml": 1 << 20}
# PyYAML without libyaml needs up to 6 us for a character and 100 us for a value.
PURE_PYTHON_CHARACTERS = 100_000
PURE_PYTHON_PARTS = 5_000

SMALLER = "Keep large data in a file of its own and name that file in the config, or load it and pass a dict."
