"""What the published frameworks mean by a ranking metric, said in one table.

On one and the same model and split their numbers differ by half, for reasons that all stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from toolkit.errors import UnknownNameError


@dataclass(frozen=True)
class Convention:
    """A way to count.

    Parameters
    ----------
    name : str
        As it stands in score tables.
    metrics : tuple of str
        What is computed. Of these, what the library lacks follows ``standard``.
    removed : {"met", "liked"}, default "met"
        Which of the user's training items are not ranked: all, or those rated as high as a relevant test item.
    repeated : {"dropped", "missed", "ranked"}, default "dropped"
        What becomes of a relevant test item that is also among those removed: it does not count; it counts, but cannot
        be found; or it is ranked after all.
    unknown_items : {"missed", "dropped"}, default "missed"
        What becomes of a relevant test item outside the catalogue: it counts, but cannot be found; or it does not
        count.
    offset : int, default 1
        In NDCG's discount 1 / log2(max(rank + offset, 2)).
    capped : tuple of str, default ()
        The metrics whose divisor is min(k, relevant), not what `toolkit.metrics` says of them.
    own_length : bool, default False
        Whether a list of fewer than k items is taken for its own length in precision and average precision.
    tie : float, default 0.5
        What a pair of equal scores adds to AUC.
    weights : dict of str to {"relevant", "capped"}, default {}
        The metrics whose mean over users is weighted, by the number of relevant items or by min(k, relevant).
    difference : str, default ""
        In what it differs from ``standard``, in words.
    """

    name: str
    metrics: tuple[str, ...]
    removed: Literal["met", "liked"] = "met"
    repeated: Literal["dropped", "missed", "ranked"] = "dropped"
    unknown_items: Literal["missed", "dropped"] = "missed"
    offset: int = 1
    capped: tuple[str, ...] = ()
    own_length: bool = False
    tie: float = 0.5
    weights: Mapping[str, Literal["relevant", "capped"]] = field(default_factory=dict)
    difference: str = ""


_TOP = ("ndcg@k", "recall@k", "precision@k", "hit_rate@k")

CONVENTIONS = {
    convention.name: convention
    for convention in (
        Convention("standard", ("ndcg@k", "recall@k", "precision@k", "map@k", "hit_rate@k", "mrr", "auc")),
        # cornac 3: `eval_methods.base_method.ranking_eval` with exclude_unknowns=True
        Convention(
            "cornac",
            (*_TOP, "map", "mrr", "auc"),
            removed="liked",
            repeated="ranked",
            unknown_items="dropped",
            tie=0.0,
            difference="Of the training items, only those rated as high as a relevant test item are removed; MAP ranks "
            "the whole catalogue; equal scores count nothing in AUC; test items unknown from training do not count.",
        ),
        # LensKit 2025: `metrics.ranking` with its defaults
        Convention(
            "lenskit",
            (*_TOP, "map@k", "mrr@k"),
            repeated="missed",
            offset=0,
            capped=("recall@k",),
            own_length=True,
            difference="NDCG's discount is 1/log2(max(rank, 2)); recall is divided by min(k, relevant); a list of "
            "fewer than k items is taken for its own length.",
        ),
        # RecBole 1.2: `evaluator.metrics`; its GAUC stands as AUC
        Convention(
            "recbole",
            (*_TOP, "map@k", "mrr@k", "auc"),
            repeated="ranked",
            weights={"auc": "relevant"},
            difference="A relevant test item is ranked even if it stands in training too; the mean of AUC is weighted "
            "by the number of relevant items.",
        ),
        # implicit 0.7: `evaluation.ranking_metrics_at_k`; hits are pooled before they are divided
        Convention(
            "implicit",
            (*_TOP, "map@k", "mrr@k", "auc@k"),
            repeated="missed",
            capped=("precision@k",),
            weights={"precision@k": "capped"},
            difference="Precision is the number of all users' hits divided by the sum of min(k, relevant); AUC knows "
            "the first k ranks only.",
        ),
    )
}


def ranking_convention(name: str) -> Convention:
    """Return a convention by name.

    Raises
    ------
    UnknownNameError
        If there is no such convention.

    Examples
    --------
    >>> ranking_convention("cornac").removed
    'liked'
    """
    if name not in CONVENTIONS:
        raise UnknownNameError("ranking convention", name, CONVENTIONS)
    return CONVENTIONS[name]
