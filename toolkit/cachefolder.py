"""Where the toolkit keeps what it fetched, and what it would otherwise have to read again."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

VARIABLE = "TOOLKIT_CACHE"


def cache_folder() -> Path:
    """Return the folder: what the environment variable TOOLKIT_CACHE says, or the system's place for caches."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("embedding-comparison-toolkit"))
