"""An embedder that does what it is asked to, for the scripts beside it."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np

from toolkit import Embedder, Embedding

METADATA = "Metadata-Version: 2.1\nName: faulty\nVersion: 1.0\n"
ENTRY = "[toolkit.embedders]\nfaulty = faulty:Faulty\n"


class Faulty(Embedder):
    """Random vectors, unless a fault is asked for."""

    view = "matrix"

    def __init__(self, fault: str = "", seconds: float = 0.0, random_state: int = 0) -> None:
        self.fault = fault
        self.seconds = seconds
        self.random_state = random_state

    def _learn(self, data: Any) -> list[Embedding]:
        time.sleep(self.seconds)
        if self.fault == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "hung":
            time.sleep(3600)
        if self.fault == "out of memory":
            print(len([bytearray(1 << 24) for _ in range(1 << 20)]))
        if self.fault == "segmentation fault":
            ctypes.string_at(0)
        draws = np.random.default_rng(self.random_state).normal(size=(len(data.item_keys), 3))
        return [Embedding(data.item_keys, draws)]


def install(folder: Path) -> None:
    """Put a package with the embedder into a folder; with that on the path, it is one as any other."""
    (folder / "faulty-1.0.dist-info").mkdir(parents=True)
    (folder / "faulty.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "faulty-1.0.dist-info" / "METADATA").write_text(METADATA, encoding="utf-8")
    (folder / "faulty-1.0.dist-info" / "entry_points.txt").write_text(ENTRY, encoding="utf-8")
