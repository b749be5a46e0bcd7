"""What is known once somebody's inputs have been looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.harness.deadline import Deadline
from toolkit.harness.suite import Experiment, Suite


@dataclass(frozen=True)
class Wishes:
    """What was asked for beside the inputs.

    Parameters
    ----------
    columns : dict of str to str
        Columns of ratings by their roles, where they are named.
    implicit : bool
        Whether every row of ratings is an event.
    scale : tuple of float, optional
        The lowest and the highest rating possible.
    items : str, optional
        A table of the items.
    pairs, analogies : tuple of str
        Sets of one's own to judge words by.
    only : tuple of str
        The methods that are tried, where they are named.
    """

    columns: dict[str, str] = field(default_factory=dict)
    implicit: bool = False
    scale: tuple[float, float] | None = None
    items: str | None = None
    pairs: tuple[str, ...] = ()
    analogies: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    def given(self) -> set[str]:
        """Return the names of the options about the inputs that were given."""
        names = {name for name in ("implicit", "scale", "items", "pairs", "analogies") if getattr(self, name)}
        return names | set(self.columns)


@dataclass(frozen=True)
class Budget:
    """The time and the cores that there are.

    Parameters
    ----------
    deadline : Deadline
        When the fits must have ended.
    workers : int
        Trials at a time.
    slowness : float, default 1
        How many times longer work takes than where costs were measured.
    """

    deadline: Deadline
    workers: int
    slowness: float = 1.0


@dataclass(frozen=True)
class Prepared:
    """A suite made of inputs.

    Parameters
    ----------
    suite : Suite
        What is carried out; its description holds the sentences below.
    said : tuple of str
        What people are told before the run: what was guessed, and what there is no time for.
    """

    suite: Suite
    said: tuple[str, ...]


def prepared(
    source: str,
    experiment: Experiment,
    guesses: Sequence[str],
    told: Iterable[str],
    left: Sequence[str] = (),
    title: str = "",
) -> Prepared:
    """Make a suite of one experiment, whose description says what was guessed and left out, and what else is told."""
    missing = (
        [f"left out, as there is no time for them beside the others (--minutes): {', '.join(left)}"] if left else []
    )
    sentences = [*([f"guessed: {'; '.join(guesses)}"] if guesses else []), *told, *missing]
    suite = Suite(
        name=stem_of(source),
        title=f"A first look at {title or stem_of(source)}",
        description=" ".join(map(sentence, sentences)),
        seeds=(0,),
        experiments=(experiment,),
    )
    return Prepared(suite, tuple(map(sentence, [*(f"guessed: {guess}" for guess in guesses), *missing])))


def stem_of(source: str) -> str:
    """Return a name for an input: its file's, up to the first dot, of the letters that a directory may have."""
    stem = Path(source).name.split(".")[0]
    return "".join(letter if letter.isalnum() or letter in "-_ " else "-" for letter in stem).strip("- ") or "own"


def sentence(text: str) -> str:
    """Return a text with a large first letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."
