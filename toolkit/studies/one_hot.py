"""Is an embedding layer one-hot times a matrix? Forward, gradient and training side by side, and what each costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.studies.base import Evidence, Tables, study

BATCH, DIM = 256, 64
VOCABULARY, STEPS = 1_000, 200
REPEATS = 7


@study(
    "one-hot",
    "Is an embedding layer just one-hot times a matrix?",
    {"sizes": Allowed(int, 2, several=True)},
    module="torch",
    extra="torch",
)
def one_hot(evidence: Evidence, *, sizes: Sequence[int] = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)) -> Tables:
    """Compare looking rows up with multiplying one-hot vectors.

    Parameters
    ----------
    evidence : Evidence
        Its seed alone is used.
    sizes : sequence of int
        Vocabularies for which time and memory are measured.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``identity``: the largest difference of forward results and of gradients, and the largest that rounding can
        make; ``training``: that of weights after training from one start; ``cost``: seconds and bytes of a batch.
    """
    return {
        "identity": pd.DataFrame(list(_identities(evidence.seed))),
        "training": pd.DataFrame(list(_trainings(evidence.seed))),
        "cost": pd.DataFrame([row for size in sizes for row in _costs(size, evidence.seed)]),
    }


def _drawn(size: int, seed: int) -> tuple[Any, Any, Any]:
    """Return a table of weights, a batch of codes, and what flows back into each row of its result."""
    import torch

    rng = np.random.default_rng(seed)
    weights = torch.from_numpy(rng.standard_normal((size, DIM), dtype=np.float32))
    codes = torch.from_numpy(rng.integers(size, size=BATCH))
    return weights, codes, torch.from_numpy(rng.standard_normal((BATCH, DIM), dtype=np.float32))


def _identities(seed: int) -> Iterator[dict[str, Any]]:
    """Yield a row for forward and gradient, where each code occurs once and where some occur again."""
    import torch

    for repeated in (False, True):
        weights, codes, upstream = _drawn(VOCABULARY // 10 if repeated else VOCABULARY, seed)
        if not repeated:
            codes = torch.randperm(len(weights), generator=torch.Generator().manual_seed(seed))[:BATCH]
        looked_up, multiplied = (weights.clone().requires_grad_() for _ in range(2))
        forward = torch.nn.functional.embedding(codes, looked_up)
        product = torch.nn.functional.one_hot(codes, len(weights)).float() @ multiplied
        torch.autograd.backward([forward, product], [upstream, upstream])
        yield _difference("forward", repeated, forward, product, 0.0)
        yield _difference("gradient", repeated, looked_up.grad, multiplied.grad, rounding_bound(codes, upstream))


def rounding_bound(codes: Any, upstream: Any) -> float:
    """Return how far two sums of the same numbers can be apart where they are added in another order.

    Each of two sums of k numbers x is within (k - 1) u Σ|x| / (1 - (k - 1) u) of the true one, u being half the spacing
    of float32 numbers at 1 (Higham 2002, Accuracy and stability of numerical algorithms, section 4.2).
    """
    import torch

    times = torch.bincount(codes)
    sizes = torch.zeros(len(times), upstream.shape[1], dtype=torch.float64)
    sizes.index_add_(0, codes, upstream.abs().double())
    error = (times - 1).clamp(min=0).double()[:, None] * (torch.finfo(torch.float32).eps / 2)
    return float((2 * error / (1 - error) * sizes).max())


def _difference(what: str, repeated: bool, first: Any, second: Any, bound: float) -> dict[str, Any]:
    difference = float((first - second).detach().abs().max())
    return {"what": what, "repeated": repeated, "difference": difference, "bound": bound, "same_bits": difference == 0}


def _trainings(seed: int) -> Iterator[dict[str, Any]]:
    """Yield, for each optimizer, how far apart the weights of the two layers are after training from one start."""
    import torch

    weights, _, _ = _drawn(VOCABULARY, seed)
    targets, _, _ = _drawn(VOCABULARY, seed + 1)
    other, _, _ = _drawn(VOCABULARY, seed + 2)
    optimizers = {
        "SGD": lambda parameters: torch.optim.SGD(parameters, lr=10.0, momentum=0.9),
        "Adam": lambda parameters: torch.optim.Adam(parameters, lr=0.01),
    }
    for name, make in optimizers.items():
        looked_up = _trained(_layer(weights), lambda codes: codes, targets, make, seed)
        multiplied = _trained(_linear(weights), _as_one_hot, targets, make, seed).T
        elsewhere = _trained(_layer(other), lambda codes: codes, targets, make, seed)
        yield {
            "optimizer": name,
            "steps": STEPS,
            "moved": float((looked_up - weights).abs().max()),
            "difference": float((looked_up - multiplied).abs().max()),
            "other_start": float((looked_up - elsewhere).abs().max()),
        }


def _layer(weights: Any) -> Any:
    import torch

    size, dim = weights.shape
    layer = torch.nn.Embedding(size, dim)
    with torch.no_grad():
        layer.weight.copy_(weights)
    return layer


def _linear(weights: Any) -> Any:
    import torch

    size, dim = weights.shape
    layer = torch.nn.Linear(size, dim, bias=False)
    with torch.no_grad():
        layer.weight.copy_(weights.T)
    return layer


def _as_one_hot(codes: Any) -> Any:
    import torch

    return torch.nn.functional.one_hot(codes, VOCABULARY).float()


def _trained(layer: Any, inputs: Callable[[Any], Any], targets: Any, make: Callable[[Any], Any], seed: int) -> Any:
    """Train a layer so that each code's vector comes near its target, and return its weights."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    optimizer = make(layer.parameters())
    for _ in range(STEPS):
        codes = torch.randint(VOCABULARY, (BATCH,), generator=generator)
        optimizer.zero_grad()
        torch.autograd.backward(torch.nn.functional.mse_loss(layer(inputs(codes)), targets[codes]))
        optimizer.step()
    return layer.weight.detach()


def _costs(size: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield seconds and bytes of one batch, by lookup and by one-hot vectors that are there in memory."""
    import torch

    weights, codes, _ = _drawn(size, seed)
    yield {
        "vocabulary": size,
        "way": "lookup",
        "seconds": _seconds(lambda: torch.nn.functional.embedding(codes, weights)),
        "input_bytes": codes.nbytes,
    }
    yield {
        "vocabulary": size,
        "way": "one-hot",
        "seconds": _seconds(lambda: torch.nn.functional.one_hot(codes, size).float() @ weights),
        "input_bytes": torch.nn.functional.one_hot(codes, size).float().nbytes,
    }


def _seconds(work: Callable[[], object]) -> float:
    """Return the median time of some work; the first time, in which memory is taken, is not counted."""
    work()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return float(np.median(times))
