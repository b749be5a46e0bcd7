"""Training of the network of `families`: several at a time, from different starts, of which the best is kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.adapters.torch.training import threads_for
from toolkit.data import Triples

if TYPE_CHECKING:
    import torch

Layer = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
TOLERANCE = 0.2  # how far from its target an output may be before it counts as an error
FINAL_NOISE, DRAWS = 0.75, 20  # share of the noise with which networks are compared, and how often it is drawn
FIRST_SWEEPS, FIRST_MOMENTUM, MOMENTUM = 20, 0.5, 0.9  # of gradient descent with momentum


@dataclass(frozen=True)
class Recipe:
    """How to train; see `toolkit.adapters.torch.families.FamilyTree` for each."""

    epochs: int
    learning_rate: float
    regularization: float
    optimizer: Literal["adam", "momentum"]
    loss: Literal["cross-entropy", "tolerant"]
    noise: float
    dropout: float
    init_scale: float
    n_restarts: int
    random_state: int | None


@dataclass(frozen=True, eq=False)
class Facts:
    """Facts as tensors.

    Parameters
    ----------
    subjects, relations : Tensor of int64, shape (n,)
        Codes of each input.
    targets : Tensor of float32, shape (n, n_persons)
        1 for each true object.
    n_relations : int
        How many relations there are.
    """

    subjects: torch.Tensor
    relations: torch.Tensor
    targets: torch.Tensor
    n_relations: int

    @classmethod
    def of(cls, data: Triples) -> Facts:
        """Return the distinct inputs, in order of first occurrence, with all the objects of each."""
        import torch

        persons, relations, inputs = (pd.Index(keys) for keys in (data.subjects, data.relations, data.inputs))
        rows = inputs.get_indexer([fact[:2] for fact in data.facts])
        targets = torch.zeros(len(inputs), len(persons))
        targets[rows, persons.get_indexer([fact[2] for fact in data.facts])] = 1
        subjects, related = (
            torch.from_numpy(keys.get_indexer(inputs.get_level_values(level)))
            for level, keys in enumerate((persons, relations))
        )
        return cls(subjects, related, targets, len(relations))


def train(data: Triples, embedding_dim: int, hidden: list[int], recipe: Recipe) -> tuple[list[Layer], list[float]]:
    """Train networks side by side and return the best.

    Parameters
    ----------
    data : Triples
        The facts.
    embedding_dim : int
        Units in the group of persons, and in that of relations.
    hidden : list of int
        Units of the layers between these and the output.
    recipe : Recipe
        How to train.

    Returns
    -------
    layers : list of (ndarray, ndarray)
        Weights and biases of the network whose final loss, with noise and with what the decay adds, is lowest.
    losses : list of float
        Its loss per input in each sweep.
    """
    import torch

    facts = Facts.of(data)
    seed = np.random.default_rng(recipe.random_state).integers(2**62)
    generator = torch.Generator().manual_seed(int(seed))
    n_persons = facts.targets.shape[1]
    sizes = [2 * embedding_dim, *hidden, n_persons]
    shapes = [(n_persons, embedding_dim), (facts.n_relations, embedding_dim), *pairwise(sizes)]
    weights = [
        ((2 * torch.rand(recipe.n_restarts, rows, columns, generator=generator) - 1) * recipe.init_scale)
        for n_in, n_out in shapes
        for rows, columns in ((n_in, n_out), (1, n_out))
    ]
    for each in weights:
        each.requires_grad_()
    with threads_for(0):  # one: for products so small, several spend their time waiting for each other
        losses = _sweeps(weights, facts, recipe, generator)
        final = _final_losses(weights, facts, recipe, generator)
    best = int(final.argmin())
    kept = [each.detach()[best].numpy().copy() for each in weights]
    layers = [(kept[place], kept[place + 1][0]) for place in range(0, len(kept), 2)]
    return layers, losses[:, best].tolist()


def _final_losses(
    weights: list[torch.Tensor], facts: Facts, recipe: Recipe, generator: torch.Generator
) -> torch.Tensor:
    """Return the loss of each network with noise, which grows where it hangs on a hair, and with what decay adds."""
    import torch

    disturbed = _Disturbed(recipe, FINAL_NOISE, generator)
    with torch.no_grad():
        drawn = [_losses(_outputs(weights, facts, disturbed), facts.targets, recipe.loss) for _ in range(DRAWS)]
        squares = torch.stack([each.square().sum((1, 2)) for each in weights]).sum(0)
        return torch.stack(drawn).mean(0) + recipe.regularization / 2 * squares


def _sweeps(
    weights: list[torch.Tensor], facts: Facts, recipe: Recipe, generator: torch.Generator
) -> npt.NDArray[np.float64]:
    """Train the networks and return their losses per input, shape (epochs, n_restarts)."""
    import torch

    rate, decay = recipe.learning_rate, recipe.regularization
    optimizer: torch.optim.Optimizer
    if recipe.optimizer == "adam":
        optimizer = torch.optim.Adam(weights, lr=rate, weight_decay=decay, fused=True)
    else:
        optimizer = torch.optim.SGD(weights, lr=rate / 2, momentum=FIRST_MOMENTUM)
    group = optimizer.param_groups[0]
    losses = torch.zeros(recipe.epochs, recipe.n_restarts)
    for epoch in range(recipe.epochs):
        done = epoch / recipe.epochs
        if recipe.optimizer == "adam":
            group["lr"] = rate * (1 + math.cos(math.pi * done)) / 2
        elif epoch == FIRST_SWEEPS:
            group["lr"], group["momentum"] = rate, MOMENTUM
            for each in weights:  # torch keeps the last change over the rate; the change itself is to go on
                optimizer.state[each]["momentum_buffer"] /= 2
        outputs = _outputs(weights, facts, _Disturbed(recipe, 1 - done, generator))
        loss = _losses(outputs, facts.targets, recipe.loss)
        losses[epoch] = loss.detach()
        optimizer.zero_grad()
        torch.autograd.backward(loss.sum())
        optimizer.step()
        if recipe.optimizer == "momentum":
            with torch.no_grad():
                torch._foreach_mul_(weights, 1 - decay)
    return losses.double().numpy() / len(facts.targets)


def _outputs(
    weights: list[torch.Tensor], facts: Facts, disturbed: Callable[[torch.Tensor], torch.Tensor] = lambda active: active
) -> torch.Tensor:
    """Return what reaches the output units, shape (n_restarts, n, n_persons)."""
    import torch

    of_persons, of_relations = (torch.sigmoid(weights[place] + weights[place + 1]) for place in (0, 2))
    active = disturbed(torch.cat([of_persons[:, facts.subjects], of_relations[:, facts.relations]], 2))
    *inner, last = range(4, len(weights), 2)
    for place in inner:
        active = torch.sigmoid(torch.baddbmm(weights[place + 1], active, weights[place]))
    return torch.baddbmm(weights[last + 1], active, weights[last])


@dataclass(frozen=True)
class _Disturbed:
    """Noise and dropout of activities, a part of what the recipe says."""

    recipe: Recipe
    part: float
    generator: torch.Generator

    def __call__(self, active: torch.Tensor) -> torch.Tensor:
        """Return the activities with noise, some of them replaced by .5, which says nothing."""
        import torch

        noise, dropout = self.recipe.noise * self.part, self.recipe.dropout * self.part
        if noise:
            active = active + noise * torch.randn(active.shape, generator=self.generator)
        if dropout:
            active = active.masked_fill(torch.rand(active.shape, generator=self.generator) < dropout, 0.5)
        return active


def _losses(outputs: torch.Tensor, targets: torch.Tensor, name: str) -> torch.Tensor:
    """Return the loss of each network over all inputs, shape (n_restarts,)."""
    import torch

    if name == "cross-entropy":
        shares = targets / targets.sum(1, keepdim=True)
        return -(torch.log_softmax(outputs, 2) * shares).sum((1, 2))
    off = torch.sigmoid(outputs) - targets
    return (off.square() * (off.abs() > TOLERANCE)).sum((1, 2))
