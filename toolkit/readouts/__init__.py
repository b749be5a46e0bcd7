"""Readouts: what turns an embedding into predictions, the same for every method.

A recommender's error mixes how good its vectors are with how its own predictor uses them. The readouts here take
item vectors, wherever they come from, and predict from them alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from toolkit.embedding import Embedding
from toolkit.errors import ParameterError, UnknownNameError, UnsupportedError
from toolkit.readouts.bias import BiasReadout, MeanReadout
from toolkit.readouts.hierarchical import HierarchicalReadout
from toolkit.readouts.profile import ProfileReadout
from toolkit.readouts.ridge import RidgeReadout


@dataclass(frozen=True)
class _Kind:
    """How a readout of some name is built: the class, what the name fixes, and the options that are left."""

    cls: Callable[..., Any]
    fixed: dict[str, bool] = field(default_factory=dict)
    options: tuple[str, ...] = ()


READOUTS = {
    "mean": _Kind(MeanReadout),
    "bias": _Kind(BiasReadout),
    "ridge": _Kind(RidgeReadout, {"two_sided": False}, ("penalty", "random_state")),
    "ridge-two-sided": _Kind(RidgeReadout, {"two_sided": True}, ("penalty", "item_penalty", "random_state")),
    "hierarchical": _Kind(HierarchicalReadout, options=("penalty", "item_penalty", "rounds", "random_state")),
    "dot": _Kind(ProfileReadout, {"unit": False}, ("slope", "damping", "random_state")),
    "cosine": _Kind(ProfileReadout, {"unit": True}, ("slope", "damping", "random_state")),
}


def readout(
    name: str, *, item: Embedding | None = None, user: Embedding | None = None, **options: Any
) -> MeanReadout | BiasReadout | RidgeReadout | ProfileReadout:
    """Build a readout by name.

    Parameters
    ----------
    name : str
        ``"mean"``, ``"bias"``, ``"dot"``, ``"cosine"``, ``"ridge"``, ``"ridge-two-sided"`` or
        ``"hierarchical"``. Each predicts ratings and all but ``"mean"`` score items, once they are fitted.
    item : Embedding
        Item vectors; all but ``"mean"`` and ``"bias"`` need them.
    user : Embedding, optional
        User vectors, for ``"ridge-two-sided"``, ``"hierarchical"``, ``"dot"`` and ``"cosine"``.
    **options
        For the ridge readouts ``penalty`` and ``random_state``, for the two-sided ones ``item_penalty`` too, for the
        hierarchical one ``rounds`` besides; for ``"dot"`` and ``"cosine"`` ``slope``, ``damping`` and ``random_state``.

    Returns
    -------
    MeanReadout, BiasReadout, RidgeReadout or ProfileReadout

    Raises
    ------
    UnknownNameError
        If there is no such readout or option.
    UnsupportedError
        For ``"native"``, which is an embedder's own ``predict`` and ``score_items``.
    ParameterError
        If item vectors are missing.
    """
    if name == "native":
        raise UnsupportedError("the native readout is the embedder's own: call its predict or score_items")
    if name not in READOUTS:
        raise UnknownNameError("readout", name, [*READOUTS, "native"])
    kind = READOUTS[name]
    for option in options:
        if option not in kind.options:
            raise UnknownNameError(f"option of readout {name!r}", option, kind.options)
    if name == "mean":
        return MeanReadout()
    if name == "bias":
        return BiasReadout()
    if item is None:
        raise ParameterError(f"readout {name!r} needs item vectors: give item=embedder.embedding('item')")
    built: RidgeReadout | HierarchicalReadout | ProfileReadout = kind.cls(item, user, **kind.fixed, **options)
    return built


__all__ = [
    "READOUTS",
    "BiasReadout",
    "HierarchicalReadout",
    "MeanReadout",
    "ProfileReadout",
    "RidgeReadout",
    "readout",
]
