"""Which methods are tried on somebody's own data, and what each costs: the most that fit into the time.

Costs are seconds of one trial on one core while another ran beside it, on two cores. Ratings: of one fit, for a
million, the higher of those for one and for five million (`benchmarks/perf/costs.py`); judging comes to it. Text: of
fit and judging together, for a million tokens, of two million tokens of English prose, 20,000 words. They rank methods
and tell what is hopeless; that the promised time is kept is the harness's doing, which ends what takes longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.errors import UnknownNameError
from toolkit.harness.suite import EmbedderSpec
from toolkit.registry import embedder_class, make_embedder

FILLED = 0.9  # share of the time that estimates may fill: they are off by some tenths
GROWTH = 0.75  # of matrix methods with the tokens of a text, from 2 to 10 million
SURPRISE = 5_000_000  # ratings of which Surprise keeps a Python object each


@dataclass(frozen=True)
class Method:
    """A method as it is tried.

    Parameters
    ----------
    name : str
        In the registry.
    cost : float
        Seconds for a million ratings or tokens, with the first of `epochs`.
    params : dict
        Its parameters, without those that the data decides.
    label : str, default ""
        Under which it is shown; by default its name.
    epochs : tuple of int, default ()
        Numbers of passes, of which the first that fits into the time is taken; its own number where there are none.
    explicit : bool, default False
        Whether it says nothing without ratings.
    history : bool, default False
        Whether the cost also grows with the length of histories; `cost` is then that of each hundred.
    most : int, optional
        It is not tried on more ratings.
    power : float, default 1
        The cost grows with the number of tokens to this power: below 1, where it is that of the cells of a matrix.
    """

    name: str
    cost: float
    params: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    epochs: tuple[int, ...] = ()
    explicit: bool = False
    history: bool = False
    most: int | None = None
    power: float = 1.0

    @property
    def shown(self) -> str:
        """str: the label, or else the name."""
        return self.label or self.name


@dataclass(frozen=True)
class Load:
    """How much there is to learn from and to judge, and how much time.

    Parameters
    ----------
    size : int
        Ratings, or tokens.
    seconds : float
        For all trials together.
    workers : int
        How many run at a time.
    history : float, default 0
        Ratings in the history that the average rating belongs to.
    fits : int, default 1
        How often a method learns: twice where readouts are set by vectors that have not seen a part of the ratings.
    judging : float, default 0
        Seconds that judging takes for each method beyond what `Method.cost` holds.
    slowness : float, default 1
        How many times longer all takes than where costs were measured.
    """

    size: int
    seconds: float
    workers: int
    history: float = 0.0
    fits: int = 1
    judging: float = 0.0
    slowness: float = 1.0


WINDOWED = {"window": 20}  # of histories, whose order says less than that of words
NULLS = (
    Method("popularity", 0.1),
    Method("bias", 0.1, explicit=True),
    Method("random", 0.1),
    Method("shuffled", 1.2, {"embedder": "pca"}, "shuffled pca"),
)
RATINGS = (  # likeliest to be of use first
    Method("pca", 1.2),
    Method("als", 5),
    Method("truncated-svd", 0.8),
    Method("svd", 2, explicit=True, epochs=(20, 10), most=SURPRISE),
    Method("joined", 1.8),
    Method("bpr", 36, epochs=(100, 30, 10)),
    Method("word2vec", 12, {**WINDOWED, "architecture": "cbow"}, "word2vec cbow", (10, 5)),
    Method("ppmi-svd", 8.5, {"window": "all"}),
    Method("embedding-layer", 10, {"batch_size": 512, "learning_rate": 0.02}, epochs=(5, 3), explicit=True),
    Method("nmf", 9, epochs=(200, 50)),
    Method("lmf", 4),
    Method("nmf-surprise", 4, explicit=True, most=SURPRISE),
    Method("word2vec", 120, WINDOWED, "word2vec skip-gram", (10, 5, 2)),
    Method("glove", 30, {"window": "all"}, epochs=(15, 5)),
    Method("svdpp", 57, explicit=True, epochs=(20, 10, 5), history=True, most=SURPRISE),
    Method("embedding-mlp", 21, {"batch_size": 512}, epochs=(5, 3), explicit=True),
    Method("fasttext", 110, {**WINDOWED, "max_n": 0}, epochs=(10, 5, 2)),
    Method("sgns", 200, WINDOWED, epochs=(10, 5)),
)
TEXT_NULLS = (
    Method("popularity", 1, power=GROWTH),
    Method("random", 2, power=GROWTH),
    Method("shuffled", 5, {"embedder": "ppmi-svd"}, "shuffled ppmi-svd", power=GROWTH),
)
TEXTS = (
    Method("word2vec", 8, {"architecture": "cbow"}, "word2vec cbow", (5, 2)),
    Method("word2vec", 30, {}, "word2vec skip-gram", (5, 2, 1)),
    Method("ppmi-svd", 5, power=GROWTH),
    Method("truncated-svd", 7, power=GROWTH),
    Method("pca", 12, power=GROWTH),
    Method("glove", 55, epochs=(15, 5), power=GROWTH),
    Method("als", 15, power=GROWTH),
    Method("fasttext", 80, {"bucket": 500_000}, epochs=(5, 2, 1)),
    Method("svd", 7, epochs=(5,), power=GROWTH),
    Method("bpr", 50, epochs=(20, 10), power=GROWTH),
    Method("lmf", 27, power=GROWTH),
    Method("nmf-surprise", 14, epochs=(10,), power=GROWTH),
    Method("nmf", 150, epochs=(50,), power=GROWTH),
    Method("sgns", 95, epochs=(5,)),
)
DIMS = {"lmf": 30, "nmf-surprise": 15, "svdpp": 20}  # where the common number suits a method badly


def named_methods(methods: Iterable[Method], only: Sequence[str]) -> list[Method]:
    """Return the methods that are named, so that all the time is theirs; all where none is.

    Raises
    ------
    UnknownNameError
        If there is no method of a name.
    """
    known = {method.shown: method for method in methods}
    for name in only:
        if name not in known:
            raise UnknownNameError("method", name, known)
    return [method for name, method in known.items() if not only or name in only]


def chosen_methods(methods: Iterable[Method], load: Load, dim: int) -> tuple[list[EmbedderSpec], list[str]]:
    """Choose the methods that fit into the time, the first ones first.

    Parameters
    ----------
    methods : iterable of Method
        Null baselines, and the others, likeliest to be of use first. Where none of either fits, the cheapest is taken.
    load : Load
        What there is to do, and the time for it.
    dim : int
        Number of dimensions, where a method takes it.

    Returns
    -------
    chosen : list of EmbedderSpec
        Null baselines first, and cheap ones, so that a verdict is there early.
    left : list of str
        Those that do not fit, each with about how long it would take with all its passes.
    """
    taken: list[tuple[Method, _Way]] = []
    missed: list[tuple[Method, list[_Way]]] = []
    for method in methods:
        ways = _ways(method, load)
        costs = [way.seconds for _, way in taken]
        fitting = next((way for way in ways if way.possible and _fits([*costs, way.seconds], load)), None)
        if fitting is None:
            missed.append((method, ways))
        else:
            taken.append((method, fitting))
    for kind in (True, False):
        of_kind = [pair for pair in missed if embedder_class(pair[0].name).is_null == kind]
        if of_kind and not any(_counts(method, kind) for method, _ in taken):
            cheapest = min(of_kind, key=lambda pair: pair[1][0].seconds)
            missed.remove(cheapest)
            taken.append((cheapest[0], cheapest[1][-1]))
    taken.sort(key=lambda pair: (not embedder_class(pair[0].name).is_null, pair[1].seconds))
    left = [f"{method.shown} (about {_spoken(ways[0].seconds)})" for method, ways in missed]
    return [_spec(method, way, dim) for method, way in taken], left


@dataclass(frozen=True)
class _Way:
    """A number of passes of a method, 0 for its own; about how long it takes; and whether the data is not too much."""

    epochs: int
    seconds: float
    possible: bool = True


def _ways(method: Method, load: Load) -> list[_Way]:
    """Return the numbers of passes that a method may make, the most first."""
    if not embedder_class(method.name).installed():
        return [_Way(0, 0.0)]  # it will be a row that says how to install it
    by_history = load.history / 100 if method.history else 1.0
    learning = load.fits * (load.size / 1e6) ** method.power * method.cost * by_history
    possible = method.most is None or load.size <= method.most
    passes = method.epochs or (0,)
    shares = [epochs / passes[0] if epochs else 1.0 for epochs in passes]
    return [
        _Way(epochs, (learning * share + load.judging) * load.slowness, possible)
        for epochs, share in zip(passes, shares, strict=True)
    ]


def _counts(method: Method, null: bool) -> bool:
    """Return whether a method is one that will be there to compare: a null baseline, or one that learns."""
    cls = embedder_class(method.name)
    return cls.is_null == null and cls.installed()


def _spec(method: Method, way: _Way, dim: int) -> EmbedderSpec:
    given = {"embedding_dim": min(dim, DIMS.get(method.name, dim)), **method.params}
    given |= {"epochs": way.epochs} if way.epochs else {}
    known = make_embedder(method.name).get_params(deep=False)
    params = {name: value for name, value in given.items() if name in known}
    return EmbedderSpec(name=method.name, label=method.label, params=params)


def _fits(costs: Sequence[float], load: Load) -> bool:
    """Return whether trials end in time, however they fall on the workers: Graham's bound for lists of jobs."""
    longest = max(costs) * (1 - 1 / load.workers)
    return sum(costs) / load.workers + longest <= FILLED * load.seconds


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
