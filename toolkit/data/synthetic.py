"""Synthetic ratings of any size, from a model whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.data.ratings import Ratings
from toolkit.errors import ParameterError

Floats = npt.NDArray[np.float64]
Cells = npt.NDArray[np.int64]

LEAST = 20  # ratings of a user, where there are enough: MovieLens' minimum
FOCUS = 2.0  # how far tastes decide what is met
SPREAD = 0.1  # standard deviation of biases and of taste, as a share of the scale's width
BLOCK = 1 << 21  # ratings drawn at a time: bounds the memory
ROUNDS = 30
SPAN, GAP = 20 * 365 * 86_400, 3_600  # seconds: in which users begin, and between two of their ratings, on average


@dataclass(frozen=True, eq=False)
class Truth:
    """What synthetic ratings are made from; the key of user or item ``i`` is ``str(i + 1)``.

    Parameters
    ----------
    mean : float
        Mean rating.
    user_bias, item_bias : ndarray of float64, shapes (n_users,) and (n_items,)
        How much higher than the mean a user rates, and an item is rated.
    user_vectors, item_vectors : ndarray of float64, shapes (n_users, rank) and (n_items, rank)
        Tastes, and what meets them.
    weight : float
        Of a taste's product with an item.
    """

    mean: float
    user_bias: Floats
    item_bias: Floats
    user_vectors: Floats
    item_vectors: Floats
    weight: float

    def expected(self, users: npt.NDArray[np.integer], items: npt.NDArray[np.integer]) -> Floats:
        """Return the ratings without noise, neither rounded nor clipped, shape (k,); users and items count from 0."""
        taste = np.zeros(len(users))
        for p, q in zip(self.user_vectors.T, self.item_vectors.T, strict=True):
            taste += p[users] * q[items]
        return np.asarray(self.mean + self.user_bias[users] + self.item_bias[items] + self.weight * taste)


def synthetic_truth(
    n_users: int, n_items: int, *, rank: int = 8, scale: tuple[float, float] = (0.5, 5.0), random_state: int = 0
) -> Truth:
    """Return the truth from which `synthetic_ratings` with the same arguments makes its ratings."""
    rng = np.random.default_rng([random_state, 0])
    low, high = scale
    spread = SPREAD * (high - low)
    return Truth(
        low + 0.65 * (high - low),
        spread * rng.standard_normal(n_users),
        spread * rng.standard_normal(n_items),
        rng.standard_normal((n_users, rank)),
        rng.standard_normal((n_items, rank)),
        spread / np.sqrt(rank),
    )


def synthetic_ratings(
    n_users: int,
    n_items: int,
    n_ratings: int,
    *,
    rank: int = 8,
    popularity: float = 2.0,
    activity: float = 1.4,
    noise: float = 0.16,
    scale: tuple[float, float] = (0.5, 5.0),
    step: float = 0.5,
    random_state: int = 0,
    name: str = "synthetic",
) -> Ratings:
    """Make ratings as people give them: some items are met by many, some users rate much, and tastes differ.

    Parameters
    ----------
    n_users, n_items, n_ratings : int
        The size, exactly: every user and every item occurs, and no user rates an item twice.
    rank : int, default 8
        Dimensions of taste.
    popularity : float, default 2
        Exponent of Zipf's law, 0 to 10; 0 makes all items equally popular.
    activity : float, default 1.4
        Standard deviation of the logarithm of how much users rate, 0 to 5; 0 makes all equally active.
    noise : float, default 0.16
        Standard deviation of the noise, as a share of the scale's width, 0 to 10.
    scale : tuple of float, default (0.5, 5)
        The lowest and the highest rating.
    step : float, default 0.5
        Between two possible ratings.
    random_state : int, default 0
        Seed; the same one gives the same ratings.
    name : str, default "synthetic"
        Name of the data set.

    Returns
    -------
    Ratings
        User after user, each in time order; keys are the numbers from 1.

    Raises
    ------
    ParameterError
        If there are fewer ratings than users or than items, or more than cells, or a value is not allowed.

    Notes
    -----
    Users and items have vectors ``p_u`` and ``q_i`` of `rank` standard normal numbers, and normal biases ``b_u`` and
    ``c_i``. The rating is ``mean + b_u + c_i + w p_u·q_i + noise``, rounded to a step and clipped to the scale; the
    biases and ``w p_u·q_i`` each have a standard deviation of a tenth of the scale's width. `synthetic_truth` returns
    all of these.

    User u meets item i with a probability proportional to ``(r_i + s)^-popularity π_u·φ_i``. Here ``r_i`` is the
    item's rank by popularity, which is drawn at random, and ``s`` the least shift for which the most popular item is
    expected at no more than half of the users; ``π_u`` and ``φ_i`` are the softmax of ``2 p_u`` and ``2 q_i``. A user
    meets one item after another until they have met enough different ones: 20 where the average allows it, and a
    log-normal number more.

    Examples
    --------
    >>> synthetic_ratings(100, 50, 1000)
    Ratings('synthetic': 1,000 ratings of 50 items by 100 users)
    """
    _check(n_users, n_items, n_ratings, rank, popularity, activity, noise, scale, step, random_state)
    truth = synthetic_truth(n_users, n_items, rank=rank, scale=scale, random_state=random_state)
    rng = np.random.default_rng([random_state, 1])
    quotas = _quotas(rng, n_users, n_items, n_ratings, activity)
    weights = rng.permutation(_popularity(n_items, n_ratings / n_users, popularity))
    users = np.repeat(np.arange(n_users, dtype=np.int32), quotas)
    items, values = np.empty(n_ratings, dtype=np.int32), np.empty(n_ratings)
    low, high = scale
    start = 0
    for block in _meetings(rng, truth, weights, quotas, users):
        rows = slice(start, start + len(block))
        items[rows] = block
        rating = truth.expected(users[rows], block) + noise * (high - low) * rng.standard_normal(len(block))
        levels = round((high - low) / step)
        values[rows] = low + np.clip(np.rint((rating - low) / step), 0, levels) * ((high - low) / levels)
        start += len(block)
    codes, order = pd.factorize(items)
    return Ratings(
        pd.Index(np.arange(1, n_users + 1).astype(str), dtype=object),
        pd.Index((order + 1).astype(str), dtype=object),
        users,
        codes.astype(np.int32),
        values,
        _times(rng, quotas),
        (float(low), float(high)),
        name=name,
    )


def _check(
    n_users: int,
    n_items: int,
    n_ratings: int,
    rank: int,
    popularity: float,
    activity: float,
    noise: float,
    scale: tuple[float, float],
    step: float,
    random_state: int,
) -> None:
    sizes = {"n_users": n_users, "n_items": n_items, "n_ratings": n_ratings, "rank": rank}
    whole = {**{option: (value, 1) for option, value in sizes.items()}, "random_state": (random_state, 0)}
    for option, (value, least) in whole.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise ParameterError(f"{option} is {value!r}; it must be a whole number, at least {least}")
    if not max(n_users, n_items) <= n_ratings <= n_users * n_items:
        raise ParameterError(
            f"n_ratings is {n_ratings!r}; it must be {max(n_users, n_items)} to {n_users * n_items}, so that each of "
            f"{n_users} users and {n_items} items occurs and no user rates an item twice"
        )
    for option, number, most in (("popularity", popularity, 10), ("activity", activity, 5), ("noise", noise, 10)):
        if not 0 <= number <= most:
            raise ParameterError(f"{option} is {number!r}; it must be a number, 0 to {most}")
    steps = (scale[1] - scale[0]) / step if step > 0 else 0.0
    if not 1 <= steps < np.inf or abs(steps - round(steps)) > 1e-9:
        raise ParameterError(f"step is {step!r}; the scale {scale[0]:g} to {scale[1]:g} must be whole steps wide")


def _quotas(rng: np.random.Generator, n_users: int, n_items: int, n_ratings: int, activity: float) -> Cells:
    """Return how many ratings each user gives, at most one an item, together exactly `n_ratings`."""
    least = max(1, min(LEAST, n_ratings // (2 * n_users)))
    drawn = rng.lognormal(0.0, activity, n_users)
    below, above = 0.0, float(n_items / drawn.min())
    for _ in range(100):  # the factor that gives the number of ratings
        middle = (below + above) / 2
        fits = np.floor(np.minimum(least + middle * drawn, n_items)).sum() <= n_ratings
        below, above = (middle, above) if fits else (below, middle)
    wanted = np.minimum(least + below * drawn, n_items)
    quotas = np.floor(wanted).astype(np.int64)
    left = n_ratings - int(quotas.sum())
    quotas[np.argsort(quotas - wanted, kind="stable")[:left]] += 1
    return quotas


def _popularity(n_items: int, ratings_per_user: float, exponent: float) -> Floats:
    """Return the items' weights, which add to 1: ``(rank + shift) ** -exponent``."""
    ranks = np.arange(1.0, n_items + 1)
    below, above = 0.0, 100.0 * n_items
    for _ in range(100):
        shift = (below + above) / 2
        weights = (ranks + shift) ** -exponent
        fits = ratings_per_user * weights[0] / weights.sum() <= 0.5
        below, above = (below, shift) if fits else (shift, above)
    weights = (ranks + above) ** -exponent
    return np.asarray(weights / weights.sum())


def _meetings(
    rng: np.random.Generator, truth: Truth, weights: Floats, quotas: Cells, users: npt.NDArray[np.int32]
) -> Iterator[npt.NDArray[np.int32]]:
    """Yield the items that the users meet, user after user, block by block."""
    n_users, n_items = len(quotas), len(weights)
    facets = weights[:, None] * _softmax(truth.item_vectors)
    tastes = _softmax(truth.user_vectors)
    first = users[rng.choice(len(users), n_items, replace=False)]  # one user for each item, so that each occurs
    size = max(1, min(n_users * BLOCK // len(users), 1 << 16))
    for start in range(0, n_users, size):
        chosen = np.flatnonzero((first >= start) & (first < start + size))
        given = np.sort((first[chosen].astype(np.int64) - start) * n_items + chosen)
        cells = _draw(rng, given, tastes[start : start + size], facets, quotas[start : start + size])
        cells = rng.permutation(cells)
        order = np.argsort((cells // n_items).astype(np.uint16), kind="stable")
        yield (cells[order] % n_items).astype(np.int32)


def _draw(rng: np.random.Generator, cells: Cells, tastes: Floats, facets: Floats, quotas: Cells) -> Cells:
    """Add cells (user times items plus item) until each user has their quota of them.

    An item is drawn by a facet of the user's taste, then by its share in the facet; one that the user has met already
    is drawn again. Where that takes too long, the rest is drawn from the items that are left, by the same law.
    """
    n_items = len(facets)
    totals = facets.sum(axis=0)
    shares = np.cumsum(facets / totals, axis=0)
    by_facet = tastes * totals
    by_facet /= by_facet.sum(axis=1, keepdims=True)
    missing = quotas - np.bincount(cells // n_items, minlength=len(quotas))
    for _ in range(ROUNDS):
        if not missing.any():
            return cells
        counts = rng.multinomial(missing, by_facet)
        found = []
        for facet, of_users in enumerate(counts.T):
            owners = np.repeat(np.arange(len(quotas)), of_users)
            items = np.searchsorted(shares[:-1, facet], rng.random(len(owners)), side="right")
            found.append(owners * n_items + items)
        cells = _merge(cells, np.concatenate(found))
        missing = quotas - np.bincount(cells // n_items, minlength=len(quotas))
    rest = [_race(rng, user, missing[user], facets @ tastes[user], cells) for user in np.flatnonzero(missing).tolist()]
    return _merge(cells, np.concatenate([cells[:0], *rest]))


def _merge(cells: Cells, more: Cells) -> Cells:
    """Return two sets of cells as one, sorted."""
    more = np.unique(more)
    places = np.searchsorted(cells, more)
    new = np.append(cells, -1)[places] != more
    return np.insert(cells, places[new], more[new])


def _race(rng: np.random.Generator, user: int, missing: int, weights: Floats, cells: Cells) -> Cells:
    """Draw items that a user has not met, one after the other, each time in proportion to their weights."""
    n_items = len(weights)
    first, last = np.searchsorted(cells, [user * n_items, (user + 1) * n_items])
    arrival = rng.standard_exponential(n_items) / weights
    arrival[cells[first:last] - user * n_items] = np.inf
    return np.asarray(user * n_items + np.argpartition(arrival, missing - 1)[:missing])


def _softmax(vectors: Floats) -> Floats:
    exponentials = np.exp(FOCUS * vectors)
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def _times(rng: np.random.Generator, quotas: Cells) -> npt.NDArray[np.int64]:
    """Return seconds since 1970 that increase for each user."""
    gaps = 1 + (GAP * rng.standard_exponential(int(quotas.sum()))).astype(np.int64)
    starts = np.cumsum(quotas) - quotas
    times = np.cumsum(gaps)
    return np.asarray(times + np.repeat(rng.integers(10**9, 10**9 + SPAN, len(quotas)) - times[starts], quotas))
