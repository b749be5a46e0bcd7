"""What a claim about speed or memory is.

A module of `claims` holds one claim: ``WORK`` and ``PEER`` in words, and

``prepare(folder)``
    writes the files that both sides read; called once, in the toolkit's interpreter.
``ours(folder)``, ``peer(folder)``
    generators that yield three times: when everything is ready and the clock may start, when the work is done, and
    then their answer, which JSON can hold. Each call has a process of its own. A claim without a peer has no ``peer``.
``figures(ours, peer)``
    turns a pair of `Side` into the figures that are claimed, after checking that the answers agree.

and, where they differ from the usual, ``REPEATS`` and ``PEER_PYTHON``, the environment variable that names the
interpreter of a peer that cannot be installed beside the toolkit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Side:
    """What one side did.

    Parameters
    ----------
    seconds : float
        Wall seconds of the work.
    peak_mib : float
        Most memory held during the work above what was held when it began, in MiB.
    answer : object
        What it found.
    """

    seconds: float
    peak_mib: float
    answer: Any


@dataclass(frozen=True)
class Figure:
    """A measured figure and its goal.

    Parameters
    ----------
    name : str
        What is measured.
    value : float
        The measurement.
    goal : float
        What was to be reached.
    at_least : bool, default True
        Whether the goal is the least value or the most.
    unit : str, default "×"
        Written after the value.
    """

    name: str
    value: float
    goal: float
    at_least: bool = True
    unit: str = "×"

    @property
    def met(self) -> bool:
        """bool: whether the goal was reached."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal


class DisagreementError(Exception):
    """The two sides did not find the same."""


def faster(ours: Side, peer: Side, goal: float) -> Figure:
    """Return how many times as fast as the peer we are."""
    return Figure("faster", peer.seconds / ours.seconds, goal)


def same(ours: object, peer: object, what: str) -> None:
    """Refuse two answers that differ.

    Raises
    ------
    DisagreementError
        If they do.
    """
    if ours != peer:
        raise DisagreementError(f"{what} differ: {ours} here, {peer} there")


def close(ours: dict[str, float], peer: dict[str, float], tolerance: float) -> None:
    """Refuse numbers that differ by more than a tolerance.

    Raises
    ------
    DisagreementError
        If they do, or other numbers were found.
    """
    same(sorted(ours), sorted(peer), "the numbers found")
    for name, value in ours.items():
        if not abs(value - peer[name]) <= tolerance:
            raise DisagreementError(f"{name} is {value!r} here, {peer[name]!r} there")
