"""Recording a store and serving it, each in a process of its own, as a user does."""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def environment(folder: Path) -> dict[str, str]:
    """Return this process's environment without what would lead a server to another store, cache or configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SETPOINT_")}
    return {
        **kept,
        "SETPOINT_SILENT": "1",
        "SETPOINT_STORE": str(folder / "store"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }


def record(kind: str, folder: Path) -> Path:
    """Make a store of that kind in *folder*, see recorded_runs.py."""
    command = [sys.executable, str(HERE / "recorded_runs.py"), kind, str(folder / "store")]
    subprocess.run(command, env=environment(folder), cwd=folder, check=True, timeout=120)
    return folder / "store"


class Served:
    """A running ``setpoint ui``: its address, its token, and the folder with its store."""

    def __init__(self, folder: Path, *options: str) -> None:
        command = [sys.executable, "-m", "setpoint", "ui", "--port", "0", "--no-browser", *options]
        self.folder = folder
        self.process = subprocess.Popen(
            command, env=environment(folder), cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if found := re.search(r"(https?://[\w.:\[\]]+)/\S*#token=([\w-]+)", line):
                self.origin, self.token = found[1], found[2]
                return
        self.stop()
        raise AssertionError(f"setpoint ui ended before it gave an address:\n{self.said}")

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])

    def url(self, path: str = "/runs") -> str:
        return f"{self.origin}{path}#token={self.token}"

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
