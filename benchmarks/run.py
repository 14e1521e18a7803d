"""Every benchmark of docs/performance.md, one after the other: ``make bench``."""

import subprocess
import sys
from pathlib import Path

SCRIPTS = ("live.py", "query.py", "imports.py")


def main() -> int:
    folder = Path(__file__).parent
    codes = []
    for name in SCRIPTS:
        print(f"\n## {name}\n", flush=True)
        codes.append(subprocess.run([sys.executable, str(folder / name)], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
