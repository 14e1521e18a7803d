"""The tables of the catalog: one text, two dialects.

``param`` holds the leaves of configs and summaries, tags and changed params, one row each, so that every question is a
range of an index. ``whole`` holds what does not fit the index: texts over 200 characters and integers over 2**53.
Configs, summaries, tags and changed keys stand in a run's row as msgpack, since only Python reads them.
"""

VERSION = 2

_TABLES = """
CREATE TABLE about(name {text} PRIMARY KEY, value {text} NOT NULL) {clustered};
CREATE TABLE day(name {text} PRIMARY KEY, mtime_ns BIGINT NOT NULL, settled SMALLINT NOT NULL) {clustered};
CREATE TABLE pack(n {serial} PRIMARY KEY, day {text} NOT NULL, name {text} NOT NULL, size_bytes BIGINT NOT NULL,
  mtime_ns BIGINT NOT NULL, damage INTEGER NOT NULL, UNIQUE(day, name));
CREATE TABLE key(n {serial} PRIMARY KEY, scope SMALLINT NOT NULL, name {text} NOT NULL, n_runs INTEGER NOT NULL,
  UNIQUE(scope, name));
CREATE TABLE run(n {serial} PRIMARY KEY, id {text} NOT NULL UNIQUE, name {text}, project {text}, run_group {text},
  job_type {text}, status {text} NOT NULL, created_ns BIGINT NOT NULL, finished_ns BIGINT, host {text},
  host_user {text}, commit_id {text}, notes {text}, error {text}, exit_code BIGINT, damage INTEGER, lost BIGINT,
  tags {blob}, changed {blob}, config {blob} NOT NULL, summary {blob} NOT NULL,
  live SMALLINT NOT NULL, day {text} NOT NULL, pack_n INTEGER, pack_offset BIGINT, size_bytes BIGINT NOT NULL,
  mtime_ns BIGINT NOT NULL, mark {blob});
CREATE TABLE param(key_n INTEGER NOT NULL, run_n INTEGER NOT NULL, kind SMALLINT NOT NULL, num {real}, txt {text},
  PRIMARY KEY(key_n, run_n)) {clustered};
CREATE TABLE whole(key_n INTEGER NOT NULL, run_n INTEGER NOT NULL, txt {text} NOT NULL,
  PRIMARY KEY(key_n, run_n)) {clustered};
"""

# Apart from the tables, so that a rebuild can make them when the rows are in.
_INDEXES = """
CREATE INDEX run_created ON run(created_ns, n);
CREATE INDEX run_project ON run(project, created_ns, n);
CREATE INDEX run_name ON run(name) WHERE name IS NOT NULL;
CREATE INDEX run_live ON run(n) WHERE live = 1;
CREATE INDEX run_day ON run(day) WHERE pack_n IS NULL;
CREATE INDEX pn ON param(key_n, num, run_n) WHERE num IS NOT NULL;
CREATE INDEX pt ON param(key_n, txt, run_n) WHERE txt IS NOT NULL;
"""

_DIALECTS = {
    "sqlite": {"text": "TEXT", "blob": "BLOB", "real": "REAL", "serial": "INTEGER", "clustered": "WITHOUT ROWID"},
    # "C": texts compare by code point, as Python's and SQLite's do.
    "postgres": {"text": 'TEXT COLLATE "C"', "blob": "BYTEA", "real": "FLOAT8", "serial": "INTEGER", "clustered": ""},
}


def statements(dialect: str) -> list[str]:
    """Return the statements that make an empty catalog; *dialect* is ``sqlite`` or ``postgres``."""
    return tables(dialect) + indexes(dialect)


def tables(dialect: str) -> list[str]:
    """Return the statements that make the tables."""
    return _split(_TABLES.format(**_DIALECTS[dialect]))


def indexes(dialect: str) -> list[str]:
    """Return the statements that make the indexes."""
    return _split(_INDEXES.format(**_DIALECTS[dialect]))


def _split(text: str) -> list[str]:
    return [statement.strip() for statement in text.split(";") if statement.strip()]
