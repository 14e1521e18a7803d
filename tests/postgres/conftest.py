"""A PostgreSQL server of the tests' own, in a folder of theirs."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for folder in ("catalog", "query"):
    sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / folder))


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) + sorted(
        Path("/opt/homebrew/opt").glob("postgresql*/bin/initdb")
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _as_user() -> list[str]:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return []
    return ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server and return its URL; skip where there is none, but not in CI."""
    binaries = _binaries()
    if binaries is None or sys.platform == "win32":
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL's server is not installed")
        pytest.skip("PostgreSQL's server is not installed")
    import tempfile

    with tempfile.TemporaryDirectory(prefix="sp-pg-", ignore_cleanup_errors=True) as name:  # short: it holds a socket
        home = Path(name)
        home.chmod(0o777)
        data, run = home / "data", _as_user()

        def call(*command: str) -> None:
            done = subprocess.run([*run, *command], capture_output=True, text=True, cwd=name, check=False)
            assert done.returncode == 0, done.stdout + done.stderr

        call(
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "setpoint",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off -c max_connections=20"
        call(str(binaries / "pg_ctl"), "-D", str(data), "-l", str(home / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql://setpoint@/postgres?host={home}"
        finally:
            call(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
