"""Run one side of one claim, ``python side.py MODULE SIDE FOLDER``, and print what it took as a line of JSON."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path


def memory_mib(field: str) -> float:
    """Return a field of this process's memory, in MiB; Linux counts it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


def warm(folder: Path) -> None:
    """Read every file, so that both sides find them in memory."""
    buffer = bytearray(1 << 20)
    for path in filter(Path.is_file, folder.rglob("*")):
        with open(path, "rb", buffering=0) as file:
            while file.readinto(buffer):
                pass


def run(module: str, side: str, folder: Path) -> dict[str, object]:
    """Carry out the work of one side."""
    steps = getattr(importlib.import_module(f"claims.{module}"), side)(folder)
    next(steps)
    warm(folder)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before, start = memory_mib("VmRSS"), time.perf_counter()
    next(steps)
    seconds, peak = time.perf_counter() - start, memory_mib("VmHWM")
    return {"seconds": seconds, "peak_mib": peak - before, "answer": next(steps)}


if __name__ == "__main__":
    found = run(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    sys.stdout.write("\n" + json.dumps(found) + "\n")
