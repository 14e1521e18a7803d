"""Fingerprints that stand for secrets in records: equal secrets of one user compare as equal, and tell nothing else."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

_KEY_BYTES = 32


class Fingerprints:
    """Fingerprints by one user's key, which is read, or made, when the first one is asked for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Take the environment, which tells where the user's key file is: ``$XDG_CONFIG_HOME/setpoint/key``."""
        self._environ = environ
        self._key = b""

    def __call__(self, data: bytes) -> str:
        """Return 16 hexadecimal digits for *data*; never raises.

        They are BLAKE2b under a random key of the user's, so who reads a record can't try out likely secrets. Where the
        key file can't be made or is not the user's alone, a key of this process's takes its place: then fingerprints
        compare within the process only.

        Source:
            RFC 7693, "The BLAKE2 Cryptographic Hash and MAC", keyed hashing.
        """
        from hashlib import blake2b

        if not self._key:
            self._key = user_key(self._environ) or os.urandom(_KEY_BYTES)
        return blake2b(data, digest_size=8, key=self._key).hexdigest()


def user_key(environ: Mapping[str, str]) -> bytes | None:
    """Return the user's key, made if there is none; None where there can be none or others may have read it."""
    path = _key_path(environ)
    if path is None:
        return None
    try:
        return _read_key(path) if path.exists() or path.is_symlink() else _make_key(path)
    except OSError:  # home is missing, full or read-only
        return None


def _key_path(environ: Mapping[str, str]) -> Path | None:
    folder = environ.get("XDG_CONFIG_HOME") or ""
    if not Path(folder).is_absolute():  # the XDG specification: a relative path is to be ignored
        home = environ.get("HOME") or environ.get("USERPROFILE") or ""
        if not Path(home).is_absolute():
            return None
        folder = str(Path(home) / ".config")
    return Path(folder) / "setpoint" / "key"


def _make_key(path: Path) -> bytes | None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.parent / f".key-{os.getpid()}-{os.urandom(8).hex()}"
    key = os.urandom(_KEY_BYTES)
    try:
        _write_new(temporary, key)
        try:
            os.link(temporary, path)  # whole or not at all; of several processes the first wins
        except FileExistsError:
            return _read_key(path)
        except OSError:  # no hard links here: a reader that comes too early finds a short key, and uses its own
            return _write_or_read(path, key)
    finally:
        temporary.unlink(missing_ok=True)
    return key


def _write_or_read(path: Path, key: bytes) -> bytes | None:
    try:
        _write_new(path, key)
    except FileExistsError:
        return _read_key(path)
    return key


def _write_new(path: Path, key: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
        if os.write(descriptor, key) != len(key):
            raise OSError(f"{path} could not be written whole")
    finally:
        os.close(descriptor)


def _read_key(path: Path) -> bytes | None:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        if not _is_private(os.fstat(descriptor)):
            return None
        key = os.read(descriptor, _KEY_BYTES + 1)
    finally:
        os.close(descriptor)
    return key if len(key) == _KEY_BYTES else None


def _is_private(facts: os.stat_result) -> bool:
    if not stat.S_ISREG(facts.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows: the profile folder's own rules keep others out
        return True
    return facts.st_uid == os.getuid() and not facts.st_mode & 0o077


fingerprint = Fingerprints(os.environ)
"""The fingerprints of the user who runs this process; the key is looked for at the first call."""
