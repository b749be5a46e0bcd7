"""The texts that try to act, as `benchmarks/faults` has them: one list for the tests and for its scripts."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

FAULTS = Path(__file__).parents[1] / "benchmarks" / "faults"


def script(name: str) -> ModuleType:
    """Return a script of `benchmarks/faults`, which finds the others beside it."""
    if str(FAULTS) not in sys.path:
        sys.path.append(str(FAULTS))
    spec = importlib.util.spec_from_file_location(name, FAULTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAYLOADS: list[str] = script("payloads").payloads()
