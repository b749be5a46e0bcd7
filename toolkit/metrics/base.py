"""What each metric is: its direction, its range and the convention that it follows.

Tables and reports take these facts from here; nobody infers them from a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from toolkit.errors import UnknownNameError

Direction = Literal["higher", "lower", "neutral"]
Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True)
class MetricInfo:
    """The facts about a metric.

    Parameters
    ----------
    name : str
        As it stands in score tables; a metric with a cutoff ends in ``@k``.
    title : str
        As people write it.
    direction : {"higher", "lower", "neutral"}
        Which values are better; neutral where none is.
    low, high : float
        The lowest and the highest value possible.
    definition : str
        One sentence that states the convention. In title and definition, ``{k}`` stands for the cutoff.
    unit : str, default ""
        What is written after the number, such as ``"%"``.
    digits : int, default 4
        Digits after the point that are worth showing.
    reference : str, default ""
        Where the definition comes from.
    """

    name: str
    title: str
    direction: Direction
    low: float
    high: float
    definition: str
    unit: str = ""
    digits: int = 4
    reference: str = ""


_METRICS: dict[str, MetricInfo] = {}


def declare(info: MetricInfo) -> None:
    """Make a metric known to `metric_info`."""
    _METRICS[info.name] = info


def metric(info: MetricInfo) -> Callable[[Function], Function]:
    """Declare the metric that the decorated function computes; the function stays as it is."""
    declare(info)
    return lambda function: function


def metric_names() -> list[str]:
    """Return the names of all metrics, sorted; ``@k`` stands for a cutoff."""
    return sorted(_METRICS)


def metric_info(name: str) -> MetricInfo:
    """Return the facts about a metric.

    Parameters
    ----------
    name : str
        A metric's name, with its cutoff where it has one.

    Returns
    -------
    MetricInfo
        With the cutoff filled in.

    Raises
    ------
    UnknownNameError
        If there is no such metric.

    Examples
    --------
    >>> metric_info("rmse").direction
    'lower'
    >>> metric_info("ndcg@10").title
    'NDCG@10'
    """
    stem, _, cutoff = name.partition("@")
    known = f"{stem}@k" if re.fullmatch("[1-9][0-9]*", cutoff) else name
    if known not in _METRICS:
        raise UnknownNameError("metric", name, _METRICS)
    info = _METRICS[known]
    title, definition = (text.replace("{k}", cutoff) for text in (info.title, info.definition))
    return replace(info, name=name, title=title, definition=definition)
