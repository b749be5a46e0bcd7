"""By what a result is found again: a digest of all that it depends on.

What has the same address has the same content: the data, the method with every parameter, what is asked of it, the
seed, the versions of the libraries behind it and the toolkit's own source. Whatever of it changes, the result is
another one, and is made anew. Names that are for people only (of the suite, the experiment, the fold) take no part.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from toolkit.datasets.cache import sha256_of
from toolkit.datasets.catalog import catalog
from toolkit.harness.machine import versions
from toolkit.harness.plan import Trial
from toolkit.harness.suite import StudySpec
from toolkit.registry import embedder_class, embedder_names, make_embedder
from toolkit.resources import folder, package_folder
from toolkit.studies import study_info
from toolkit.tasks import task_info

Key = dict[str, Any]

# what every number goes through, whichever library learns the vectors
SHARED = ("numpy", "scipy", "pandas", "pyarrow", "scikit-learn")
WITHOUT_INFLUENCE = ("report", "cli.py", "completion.py", "display.py")  # parts of the toolkit that change no result


def address_of(key: Key) -> str:
    """Return the SHA-256 of a key, in hexadecimal."""
    return hashlib.sha256(canonical(key).encode()).hexdigest()


def canonical(value: Any) -> str:
    """Return a value as JSON that is the same wherever it is written."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """Return a number or an array of NumPy as Python's own."""
    return value.tolist()


def trial_key(trial: Trial, data: Sequence[Path], threads: int) -> Key:
    """Return what the result of a trial depends on.

    Parameters
    ----------
    trial : Trial
        With the parameters that it now has.
    data : sequence of Path
        Its staged data.
    threads : int
        How many threads BLAS and OpenMP may use, which may change the last digits.
    """
    params = make_embedder(trial.embedder, **trial.params).get_params(deep=False)
    tasks = [(task.name, content(task.options), _source(task_info(task.name).function)) for task in trial.tasks]
    return {
        "what": "trial",
        "data": digests(data),
        "kind": trial.kind,
        "embedder": trial.embedder,
        "label": trial.label,  # stands in notes
        "parameters": content(params),
        "tasks": tasks,
        "threads": threads,
        "versions": versions_of([trial.embedder, *_strings(params)]),
    }


def study_key(spec: StudySpec, trials: Mapping[str, str], seed: int, threads: int) -> Key:
    """Return what a study depends on: among it, the addresses of the trials that it looks at."""
    info = study_info(spec.name)
    return {
        "what": "study",
        "study": spec.name,
        "options": content(spec.options),
        "source": _source(info.function),
        "trials": trials,
        "seed": seed,
        "threads": threads,
        "versions": {**versions(), **_toolkit()},
    }


def step_key(name: str, trials: Any, seed: int, threads: int) -> Key:
    """Return what a comparison depends on: among it, the addresses of the trials that are compared."""
    shared = {package: found for package, found in versions().items() if package in SHARED}
    return {
        "what": "step",
        "step": name,
        "trials": trials,
        "seed": seed,
        "threads": threads,
        "versions": {**shared, **_toolkit()},
    }


def tuning_key(embedder: str, asked: Key, data: Sequence[Path], threads: int) -> Key:
    """Return what a search for parameters depends on."""
    return {
        "what": "tuning",
        "data": digests(data),
        "embedder": embedder,
        "asked": content(asked),
        "threads": threads,
        "versions": {**versions_of([embedder, *_strings(asked)]), "optuna": version("optuna")},
    }


def digests(paths: Iterable[Path]) -> list[str]:
    """Return the digests of files."""
    return [sha256_of(path) for path in paths]


def content(value: Any) -> Any:
    """Return a value as JSON has it, with the digest of its content beside the name of a file or of catalog data.

    Examples
    --------
    >>> content({"k": 10, "source": "nowhere.txt", "dims": (2, 3)})
    {'k': 10, 'source': 'nowhere.txt', 'dims': [2, 3]}
    """
    if isinstance(value, Mapping):
        return {str(name): content(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        parts = [content(each) for each in value]
        return sorted(parts, key=canonical) if isinstance(value, set | frozenset) else parts
    if isinstance(value, str | Path):
        return _text(str(value))
    if value is None or isinstance(value, bool | int | float) or hasattr(value, "tolist"):
        return value
    return repr(value)


def _text(text: str) -> Any:
    if text in catalog():
        return {"catalog": text, "sources": [source.model_dump() for source in catalog()[text].sources]}
    try:
        if os.path.isfile(text):  # which says no to what cannot be a path
            return {"file": Path(text).name, "sha256": sha256_of(Path(text))}
    except OSError:
        pass  # it cannot be read, and so no method can read it either
    return text


def _strings(value: Any) -> Iterator[str]:
    """Yield all texts within a value: one may be the name of a method within the method."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def versions_of(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of what methods are made of, by their names; of the methods themselves, their source too."""
    known = set(embedder_names())
    found = {package: each for package, each in versions().items() if package in SHARED}
    for cls in {embedder_class(name) for name in names if name in known}:
        try:
            found[cls.library] = version(cls.library)
        except PackageNotFoundError:
            found[cls.library] = ""  # no package of the index; its source says which it is
        found[f"{cls.__module__}, source"] = _source(cls)  # a library may have the same name
    return {**found, **_toolkit()}


def _toolkit() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "embedding-comparison-toolkit": _toolkit_source(),
    }


@cache
def _toolkit_source() -> str:
    """Return a digest of the toolkit's own source, without what has no influence on results."""
    root, digest = package_folder(), hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0] not in WITHOUT_INFLUENCE:
            _add(digest, path, root)
    _add(digest, folder("data") / "catalog.toml", folder("data"))  # tasks and studies have data of their own in it
    return digest.hexdigest()


@cache  # of what this process runs, which a file that is changed meanwhile does not
def _source(thing: Any) -> str:
    """Return a digest of the package in which a class or function is written; empty of the toolkit's own."""
    top = thing.__module__.partition(".")[0]
    if top == "toolkit":
        return ""
    written = getattr(sys.modules.get(top), "__file__", None)
    if written is None or not os.path.isfile(written):
        return repr(thing)
    path, digest = Path(written), hashlib.sha256()
    for each in sorted(path.parent.rglob("*.py")) if path.stem == "__init__" else [path]:
        _add(digest, each, path.parent)
    return digest.hexdigest()


def _add(digest: Any, path: Path, root: Path) -> None:
    digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes() + b"\0")
