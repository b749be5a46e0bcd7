"""What the claims about ranking at the size of MovieLens-25M share: 20 million ratings to leave out, 5 to find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import sparse

N_USERS, N_ITEMS, N_RATINGS, DIM = 162_000, 59_000, 25_000_000, 64


def prepare(folder: Path) -> None:
    """Write random factors, in which popular items score more, and synthetic ratings, divided at random."""
    from toolkit.data.synthetic import synthetic_ratings

    ratings = synthetic_ratings(N_USERS, N_ITEMS, N_RATINGS)
    rng = np.random.default_rng(0)
    held_out = rng.random(N_RATINGS) < 0.2
    for name, part in (("train", ~held_out), ("test", held_out)):
        cells = np.ones(int(part.sum()), dtype=np.float32), (ratings.users[part], ratings.items[part])
        sparse.save_npz(folder / name, sparse.csr_matrix(cells, shape=(N_USERS, N_ITEMS)), compressed=False)
    items, users = (rng.standard_normal((size, DIM), dtype=np.float32) for size in (N_ITEMS, N_USERS))
    items[:, 0], users[:, 0] = np.log(np.bincount(ratings.items, minlength=N_ITEMS)), 4
    np.save(folder / "items.npy", items)
    np.save(folder / "users.npy", users)


def load(folder: Path) -> tuple[sparse.csr_matrix, sparse.csr_matrix, np.ndarray, np.ndarray]:
    """Return the training and the test part, and the factors of users and items."""
    train, test = (sparse.csr_matrix(sparse.load_npz(folder / f"{name}.npz")) for name in ("train", "test"))
    return train, test, np.load(folder / "users.npy"), np.load(folder / "items.npy")
