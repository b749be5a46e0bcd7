"""The sets that words are judged by: those of the catalog that can be had, and one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.data import WordPairs
from toolkit.datasets.catalog import catalog
from toolkit.datasets.load import load_dataset
from toolkit.datasets.wordsets import load_analogies, load_pairs
from toolkit.errors import FetchError, ParameterError
from toolkit.harness.own.prepared import Wishes
from toolkit.harness.suite import TaskSpec

PAIRS = ("wordsim353", "simlex999", "men", "rare-words", "mturk-287")
QUESTIONS = ("google-analogies", "msr-analogies")


@dataclass(frozen=True, eq=False)
class WordSets:
    """What words are judged by.

    Parameters
    ----------
    pairs, questions : tuple of str
        Names of the catalog and files.
    shipped : tuple of WordPairs
        The pairs of the catalog.
    missing : tuple of str
        Sentences about sets of the catalog that could not be had.
    """

    pairs: tuple[str, ...]
    questions: tuple[str, ...]
    shipped: tuple[WordPairs, ...]
    missing: tuple[str, ...]

    def tasks(self) -> tuple[TaskSpec, ...]:
        """Return the tasks on words."""
        wanted = (("word-similarity", "pairs", self.pairs), ("analogies", "questions", self.questions))
        return tuple(TaskSpec(name=name, options={option: list(sets)}) for name, option, sets in wanted if sets)


def gather_sets(wishes: Wishes) -> WordSets:
    """Load the sets that words are judged by, and leave out those of the catalog that cannot be fetched.

    Raises
    ------
    DataError
        If one's own is missing or holds nothing.
    ParameterError
        If one's own is called like a set of the catalog.
    """
    for path in wishes.pairs:
        load_pairs(path)
    for path in wishes.analogies:
        load_analogies(path)
    missing: list[str] = []
    pairs, questions = _present(PAIRS, missing), _present(QUESTIONS, missing)
    shipped = [load_dataset(name) for name in pairs]
    about = f"left out, as they could not be fetched: {', '.join(missing)}"
    return WordSets(
        _joined(pairs, wishes.pairs),
        _joined(questions, wishes.analogies),
        tuple(found for found in shipped if isinstance(found, WordPairs)),
        (about,) if missing else (),
    )


def _present(names: Sequence[str], missing: list[str]) -> list[str]:
    found = []
    for name in names:
        try:
            load_dataset(name)
            found.append(name)
        except FetchError:
            missing.append(name)
    return found


def _joined(shipped: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    stems = [Path(name).stem for name in (*shipped, *own)]
    for name in own:
        if name in catalog() or stems.count(Path(name).stem) > 1:
            raise ParameterError(f"{name} is called like another set of words; rename it")
    return (*shipped, *own)
