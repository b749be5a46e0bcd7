"""What the embedders that PyTorch trains share: the device, the seed, the minibatches and the loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.embedder import Embedder
from toolkit.errors import ParameterError

if TYPE_CHECKING:
    import torch

# The usual recipe for recommenders: the second moment forgets faster than by torch's defaults, and steps of rows that
# are seldom met stay small. With torch's own values (.999, 1e-8) the error on MovieLens is .01 higher.
BETAS = (0.9, 0.99)
EPSILON = 1e-5
WARM_UP = 0.25  # share of the steps in which the rate rises
FEWEST_STEPS = 8  # in torch's cycle; with a warm-up of exactly one step it divides by zero
ROW = 100  # numbers that a row of a batch comes to, by the usual sizes
LARGE_STEP = 1 << 20  # numbers; a smaller step is over before a second thread has helped


class TorchEmbedder(Embedder):
    """Base of the methods that PyTorch trains; listed before `MatrixEmbedder` or `SequenceEmbedder`.

    Attributes
    ----------
    history_ : pandas.DataFrame
        The loss curve: ``epoch`` from 1, ``train_loss``, and of methods that can hold out data ``validation_loss``,
        nan where nothing was held out.
    """

    library: ClassVar[str] = "torch"
    module: ClassVar[str] = "torch"
    extra: ClassVar[str | None] = "torch"
    allowed: ClassVar[Mapping[str, Allowed]] = {
        "batch_size": Allowed(int, 1),
        "validation": Allowed(float, 0, below=1),
        "patience": Allowed(int, 1),
        "device": Allowed(words=("auto", "cpu", "cuda")),
    }

    history_: pd.DataFrame


@dataclass(frozen=True)
class Recipe:
    """How long and how fast to train.

    Parameters
    ----------
    epochs : int
        Passes over the data.
    learning_rate : float
        Largest step of the cycle.
    regularization : float
        Decoupled weight decay.
    batch_size : int
        Rows of data in each step.
    validation : float, default 0
        Share of the data that is held out, in [0, 1).
    patience : int, default 1
        Epochs without a lower validation loss after which to stop; the best epoch's weights are kept.
    """

    epochs: int
    learning_rate: float
    regularization: float
    batch_size: int
    validation: float = 0.0
    patience: int = 1


def chosen_device(name: str) -> torch.device:
    """Return the device that ``"auto"``, ``"cpu"`` or ``"cuda"`` stands for; auto is the GPU where there is one.

    Raises
    ------
    ParameterError
        If a GPU is asked for and there is none.
    """
    import torch

    if name == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    if name == "cuda":
        raise ParameterError("device is 'cuda', but torch finds no GPU here; use 'auto' or 'cpu'")
    return torch.device("cpu")


@contextmanager
def seeded(random_state: int | None, device: torch.device) -> Iterator[None]:
    """Seed what torch draws inside, and leave its generators as they were.

    Parameters
    ----------
    random_state : int or None
        The seed; None takes another each time.
    device : torch.device
        The device that is worked on; the processor's generator is seeded in any case.
    """
    import torch

    seed = int(np.random.SeedSequence().generate_state(1)[0]) if random_state is None else int(random_state)
    on_gpu = device.type == "cuda"
    with torch.random.fork_rng(devices=[device] if on_gpu else []):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed the devices that are not restored too
        if on_gpu:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield


@contextmanager
def threads_for(numbers: int) -> Iterator[None]:
    """Let torch use one thread for steps on fewer than a million numbers, and its own setting for larger ones.

    Threads that wait for each other thousands of times a second gain little on an idle machine and lose much on a busy
    one. torch's setting is restored.
    """
    import torch

    threads = torch.get_num_threads()
    if numbers < LARGE_STEP:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def batches(data: tuple[torch.Tensor, ...], batch_size: int) -> Iterator[tuple[torch.Tensor, ...]]:
    """Return minibatches of tensors of equal length, in an order drawn anew; the last one may be smaller.

    The order is drawn on the processor, so that it is the same on every device.
    """
    import torch

    order = torch.randperm(len(data[0])).to(data[0].device)
    return zip(*(torch.split(part[order], batch_size) for part in data), strict=True)


def held_out(
    data: tuple[torch.Tensor, ...], share: float
) -> tuple[tuple[torch.Tensor, ...], tuple[torch.Tensor, ...] | None]:
    """Return what is left of the data and a random share of it, None where the share is 0 or the data one row."""
    import torch

    size = len(data[0])
    count = min(max(1, round(share * size)), size - 1) if share else 0
    if not count:
        return data, None
    order = torch.randperm(size).to(data[0].device)
    return tuple(part[order[count:]] for part in data), tuple(part[order[:count]] for part in data)


def train(
    model: torch.nn.Module, loss: Callable[..., torch.Tensor], data: tuple[torch.Tensor, ...], recipe: Recipe
) -> pd.DataFrame:
    """Train a model by AdamW with a one-cycle learning rate, to the last epoch or until validation stops it.

    Parameters
    ----------
    model : torch.nn.Module
        Changed in place, and left in evaluation mode.
    loss : callable
        Takes a batch, a tensor for each of `data`, and returns the mean loss, a scalar.
    data : tuple of torch.Tensor, each of length k
        All on the model's device.
    recipe : Recipe
        How long and how fast.

    Returns
    -------
    pandas.DataFrame
        ``epoch``, ``train_loss`` (mean over the epoch, while it learns) and ``validation_loss`` (after it).

    References
    ----------
    Loshchilov & Hutter (2019), Decoupled weight decay regularization, ICLR. Smith & Topin (2019), Super-convergence:
    very fast training of neural networks using large learning rates.
    """
    known, unseen = held_out(data, recipe.validation)
    step = _stepper(model, recipe, math.ceil(len(known[0]) / recipe.batch_size) * recipe.epochs)
    curve, best = [], _Best(model, recipe.patience)
    size = max(sum(weight.numel() for weight in model.parameters()), ROW * recipe.batch_size)
    with threads_for(size):
        for epoch in range(1, recipe.epochs + 1):
            model.train()
            seen = _epoch(loss, known, recipe.batch_size, step)
            model.eval()
            error = math.nan if unseen is None else _mean_loss(loss, unseen)
            curve.append((epoch, seen, error))
            if unseen is not None and best.is_passed(error):
                break
    best.restore()
    return pd.DataFrame(curve, columns=["epoch", "train_loss", "validation_loss"])


def _stepper(model: torch.nn.Module, recipe: Recipe, steps: int) -> Callable[[torch.Tensor], None]:
    """Return a function that takes one step down a loss."""
    from torch.optim import AdamW
    from torch.optim.lr_scheduler import OneCycleLR

    rate, weights = recipe.learning_rate, list(model.parameters())
    optimizer = AdamW(  # fused: a quarter less time on a processor
        weights, lr=rate, betas=BETAS, eps=EPSILON, weight_decay=recipe.regularization, fused=True
    )
    schedule = OneCycleLR(optimizer, max_lr=rate, total_steps=max(steps, FEWEST_STEPS), pct_start=WARM_UP)

    def step(error: Any) -> None:
        for weight in weights:
            weight.grad = None  # the optimizer's own method takes a fifteenth of the whole step
        error.backward()
        optimizer.step()
        schedule.step()

    return step


def _epoch(
    loss: Callable[..., torch.Tensor],
    data: tuple[torch.Tensor, ...],
    batch_size: int,
    step: Callable[[torch.Tensor], None],
) -> float:
    total: Any = 0.0
    for batch in batches(data, batch_size):
        error = loss(*batch)
        step(error)
        total += error.detach() * len(batch[0])  # stays on the device: reading it would wait for every step
    return float(total) / len(data[0])


def _mean_loss(loss: Callable[..., torch.Tensor], data: tuple[torch.Tensor, ...], size: int = 1 << 16) -> float:
    """Return the mean loss without learning from it, `size` rows at a time."""
    import torch

    with torch.no_grad():
        parts = zip(*(torch.split(part, size) for part in data), strict=True)
        total = sum(float(loss(*part)) * len(part[0]) for part in parts)
    return total / len(data[0])


class _Best:
    """The weights of the epoch with the lowest validation loss."""

    def __init__(self, model: torch.nn.Module, patience: int) -> None:
        self.model, self.patience = model, patience
        self.lowest, self.worse = math.inf, 0
        self.weights: dict[str, torch.Tensor] = {}

    def is_passed(self, error: float) -> bool:
        """Note an epoch's loss; return whether it has not fallen for as long as patience lasts."""
        if error < self.lowest:
            self.lowest, self.worse = error, 0
            self.weights = {name: weight.clone() for name, weight in self.model.state_dict().items()}
        else:
            self.worse += 1
        return self.worse >= self.patience

    def restore(self) -> None:
        """Put the best weights back; without validation the last ones stay."""
        if self.weights:
            self.model.load_state_dict(self.weights)
