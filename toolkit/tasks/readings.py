"""The readouts that are the same for all methods, set and fitted for a subject once for all its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.data import Ratings
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.readouts import BiasReadout, HierarchicalReadout, MeanReadout, ProfileReadout, RidgeReadout
from toolkit.readouts.common import VALIDATION
from toolkit.readouts.ridge import PenaltySearch
from toolkit.tasks.base import Subject

NATIVE = "native"
PROFILES = ("dot", "cosine")
TWO_SIDED = "ridge-two-sided"
HIERARCHICAL = "hierarchical"
RIDGES = ("ridge", TWO_SIDED)
REGRESSIONS = (*RIDGES, HIERARCHICAL)
Settings = dict[str, Any]
Reading = MeanReadout | BiasReadout | ProfileReadout | RidgeReadout | HierarchicalReadout


class Readings:
    """A subject's readouts for one task.

    Parameters
    ----------
    subject : Subject
        With its training ratings.
    train : Ratings
        These ratings.
    chosen : sequence of str
        The readouts wanted whose settings are to be chosen: those of `PROFILES`, where they are to predict ratings, and
        of `REGRESSIONS`.
    random_state : int
        Seed of the tenth of the training ratings on which settings are chosen.
    """

    def __init__(self, subject: Subject, train: Ratings, chosen: Sequence[str], random_state: int) -> None:
        self.subject, self.train, self.random_state = subject, train, random_state
        self.chosen = [*dict.fromkeys(chosen)]

    def fitted(self, name: str) -> tuple[Reading | None, str]:
        """Return a readout other than the native one, fitted to the training ratings, or None and why there is none."""
        if name == "mean":
            return MeanReadout().fit(self.train), ""
        if name == "bias":
            return BiasReadout().fit(self.train), ""
        item, why = self.subject.directions("item")
        if item is None:
            return None, why
        if name not in self.chosen:
            return ProfileReadout(item, unit=name == "cosine").fit(self.train), ""
        choice: _Choice = self.subject.once(
            ("choice of settings", self.random_state), lambda: _Choice(self.subject, self.train, self.random_state)
        )
        if choice.why:
            return None, choice.why
        settings = choice.settings(self.chosen)[name]
        if name in PROFILES:
            return ProfileReadout(item, unit=name == "cosine", **settings).fit(self.train), ""
        # on item vectors alone, so that a method with user vectors has no other readout
        if name == HIERARCHICAL:
            ridge: RidgeReadout = HierarchicalReadout(item, **settings)
        else:
            ridge = RidgeReadout(item, two_sided=name == TWO_SIDED, **settings)
        return self.subject.once((name, self.random_state), lambda: ridge.fit(self.train)), ""


class _Choice:
    """What the readouts of a subject are set to, by their errors on a part of the training ratings.

    Vectors that have seen the validation ratings would make small penalties and steep slopes look good, so the embedder
    learns once more without them. Vectors that came from elsewhere have not seen them.

    Parameters
    ----------
    subject, train, random_state
        As for `Readings`.

    Attributes
    ----------
    why : str
        Why nothing can be chosen; empty where it can.
    """

    def __init__(self, subject: Subject, train: Ratings, random_state: int) -> None:
        self.why, self.found = "", dict[str, Settings]()
        if round(VALIDATION * len(train)) < 1:
            self.why = (
                f"slopes and penalties are chosen on a tenth of the training ratings, and of {len(train)} that is none"
            )
            return
        self.inner, self.validation = train.split("holdout", test_size=VALIDATION, random_state=random_state)
        vectors = subject.embeddings
        if subject.embedder is not None:
            try:
                vectors = subject.embedder.clone().fit(self.inner).embeddings_
            except (DataError, ParameterError) as error:
                self.why = (
                    "slopes and penalties are chosen with vectors learned without a tenth of the training ratings, "
                    f"from which {subject.name} cannot learn: {error}"
                )
                return
        self.item = vectors["item"]

    def settings(self, names: Sequence[str]) -> dict[str, Settings]:
        """Return the settings of some readouts; what was chosen before is not chosen again."""
        missing = [name for name in names if name not in self.found]
        if set(missing) & set(RIDGES):
            search = PenaltySearch(self.inner, self.validation, self.item)
            penalties = {"ridge": search.one_sided, TWO_SIDED: search.two_sided}
            self.found.update((name, penalties[name]()) for name in missing if name in RIDGES)
        for name in missing:
            if name in PROFILES:
                profile = ProfileReadout(self.item, unit=name == "cosine")
                self.found[name] = dict(profile.choose(self.inner, self.validation))
            elif name == HIERARCHICAL:
                self.found[name] = dict(HierarchicalReadout(self.item).choose(self.inner, self.validation))
        return self.found


def check_readouts(task: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Refuse the name of a readout that a task does not have.

    Raises
    ------
    UnknownNameError
        If there is one.
    """
    for name in names:
        if name not in known:
            raise UnknownNameError(f"readout of task {task!r}", name, known)
