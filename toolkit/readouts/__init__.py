"""Readouts: what turns an embedding into predictions, the same for every method.

A recommender's error mixes how good its vectors are with how its own predictor uses them. The readouts here take
item vectors, wherever they come from, and predict from them alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toolkit.embedding import Embedding
from toolkit.errors import ParameterError, UnknownNameError, UnsupportedError
from toolkit.readouts.bias import BiasReadout
from toolkit.readouts.profile import ProfileReadout
from toolkit.readouts.ridge import RidgeReadout

READOUTS: dict[str, Callable[..., Any]] = {
    "bias": BiasReadout,
    "ridge": RidgeReadout,
    "ridge-two-sided": lambda item, user=None, **options: RidgeReadout(item, user, two_sided=True, **options),
    "dot": lambda item, user=None: ProfileReadout(item, user, unit=False),
    "cosine": ProfileReadout,
}


def readout(
    name: str, *, item: Embedding | None = None, user: Embedding | None = None, **options: Any
) -> BiasReadout | RidgeReadout | ProfileReadout:
    """Build a readout by name.

    Parameters
    ----------
    name : str
        ``"bias"``, ``"ridge"`` and ``"ridge-two-sided"`` predict ratings; ``"dot"`` and ``"cosine"`` score items.
    item : Embedding
        Item vectors; all but ``"bias"`` need them.
    user : Embedding, optional
        User vectors, for ``"ridge-two-sided"``, ``"dot"`` and ``"cosine"``.
    **options
        For the ridge readouts: ``penalty``, ``item_penalty``, ``random_state``.

    Returns
    -------
    BiasReadout, RidgeReadout or ProfileReadout

    Raises
    ------
    UnknownNameError
        If there is no such readout.
    UnsupportedError
        For ``"native"``, which is an embedder's own ``predict`` and ``score_items``.
    ParameterError
        If item vectors are missing.
    """
    if name == "native":
        raise UnsupportedError("the native readout is the embedder's own: call its predict or score_items")
    if name not in READOUTS:
        raise UnknownNameError("readout", name, [*READOUTS, "native"])
    if name == "bias":
        return BiasReadout(**options)
    if item is None:
        raise ParameterError(f"readout {name!r} needs item vectors: give item=embedder.embedding('item')")
    built: RidgeReadout | ProfileReadout = READOUTS[name](item, user, **options)
    return built


__all__ = ["READOUTS", "BiasReadout", "ProfileReadout", "RidgeReadout", "readout"]
