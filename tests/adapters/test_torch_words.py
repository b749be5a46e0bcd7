"""GloVe and SGNS in PyTorch: their gradients are autograd's, and they find what the theory says they find."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from torch.nn import functional

from toolkit import SGNS, Corpus, Embedding, GloVe
from toolkit.adapters.torch import glove, sgns
from toolkit.adapters.torch.cells import Cells, quietly
from toolkit.embedder import Embedder
from toolkit.errors import DataError, MissingDependencyError, ParameterError
from toolkit.testing import small_corpus, small_ratings

CPU = torch.device("cpu")


def draw(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def contrast(embedding: Embedding, first: list[str], second: list[str]) -> float:
    """Return the mean cosine within two groups less that between them."""
    cosines = embedding.unit_vectors @ embedding.unit_vectors.T
    a, b = (embedding.keys.get_indexer(group) for group in (first, second))
    within = [cosines[np.ix_(x, x)][~np.eye(len(x), dtype=bool)].mean() for x in (a, b)]
    return float(np.mean(within) - cosines[np.ix_(a, b)].mean())


@pytest.mark.parametrize("size", [0, 5, 200])  # the last is more cells than the matrix has
def test_products_of_cells_are_those_of_dense_matrices(size: int) -> None:
    rng = np.random.default_rng(size)
    rows, columns = (rng.integers(0, n, size).astype(np.int32) for n in (7, 9))
    words, contexts, values = draw(0, 7, 3), draw(1, 9, 3), rng.random(size).astype(np.float32)
    cells = Cells(rows, columns, (7, 9), CPU)
    dense = torch.zeros(7, 9).index_put_((torch.tensor(rows), torch.tensor(columns)), torch.tensor(values), True)
    with quietly():
        found = cells.products(words, contexts)
    np.testing.assert_allclose(found, (words @ contexts.T)[rows, columns][cells.order], rtol=1e-5, atol=1e-5)
    kept = torch.from_numpy(values[cells.order])
    np.testing.assert_allclose(cells.times(kept, contexts), dense @ contexts, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(cells.transposed_times(kept, words), dense.T @ words, rtol=1e-5, atol=1e-5)
    assert cells.per_row.tolist() == np.bincount(rows, minlength=7).tolist()
    assert cells.per_column.tolist() == np.bincount(columns, minlength=9).tolist()


def test_glove_gradients_are_autograds() -> None:
    counts = sparse.random_array((6, 6), density=0.6, rng=np.random.default_rng(0), format="csr") * 30
    words, contexts = draw(2, 6, 6), draw(3, 6, 6)  # four dimensions, bias and one
    words[:, -1] = contexts[:, -2] = 1
    found = [torch.zeros(()), torch.zeros(6, 6), torch.zeros(6, 6)]
    with quietly():
        for batch in glove.split(counts, 3, 10.0, 0.75, np.random.default_rng(1), CPU):
            for total, part in zip(found, glove.gradients(batch, words, contexts), strict=True):
                total += part
    w, b, c, b2 = (
        each.clone().requires_grad_() for each in (words[:, :4], words[:, 4], contexts[:, :4], contexts[:, 5])
    )
    x = torch.from_numpy(counts.toarray()).float()
    errors = (w @ c.T + b[:, None] + b2 - torch.log(torch.where(x > 0, x, 1))) * (x > 0)
    loss = ((x / 10).clamp(max=1) ** 0.75 * errors**2).sum() / 2
    loss.backward()
    nothing = torch.zeros(6, 1)
    of_words = torch.hstack([w.grad, b.grad[:, None], nothing])
    of_contexts = torch.hstack([c.grad, nothing, b2.grad[:, None]])
    for mine, theirs in zip(found, (loss.detach(), of_words, of_contexts), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("n_batches", [1, 7, 1000])
def test_glove_meets_every_cell_once(n_batches: int) -> None:
    counts = sparse.random_array((20, 20), density=0.3, rng=np.random.default_rng(0), format="csr") * 9
    parts = list(glove.split(counts, n_batches, 4.0, 0.5, np.random.default_rng(0), CPU))
    assert len(parts) == min(n_batches, counts.nnz)
    logs = np.concatenate([part.logs for part in parts])
    np.testing.assert_allclose(np.sort(logs), np.sort(np.log(counts.data)), rtol=1e-6)
    weights = np.concatenate([part.weights for part in parts])
    np.testing.assert_allclose(weights, np.minimum(np.exp(logs) / 4, 1) ** 0.5, rtol=1e-5)


def test_glove_with_enough_dimensions_finds_the_logarithms() -> None:
    rng = np.random.default_rng(0)
    counts = np.exp(rng.normal(1, 1, (12, 12))) * (rng.random((12, 12)) < 0.8)
    embedder = GloVe(embedding_dim=12, x_max=1, learning_rate=0.5, epochs=150, n_batches=4, device="cpu")
    layers = embedder._train(sparse.csr_array(counts))
    assert all(isinstance(each, torch.nn.Embedding) for each in layers)
    words, contexts = (each.weight.detach().numpy() for each in layers)
    met = counts > 0
    assert np.abs((words @ contexts.T)[met] - np.log(counts[met])).max() < 0.02
    assert (words[:, -1] == 1).all()
    assert (contexts[:, -2] == 1).all()
    assert embedder.history_["train_loss"].iloc[-1] < 1e-4 < embedder.history_["train_loss"].iloc[0]


def test_glove_is_the_sum_of_words_and_contexts() -> None:
    data = small_corpus()
    both, parts = (GloVe(embedding_dim=4, epochs=3, combine=how).fit(data) for how in ("sum", "word"))
    summed = parts.embedding("word").vectors + parts.embedding("context").vectors
    np.testing.assert_allclose(both.embedding().vectors, summed, rtol=1e-6)
    assert both.history_["epoch"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "embedder", [GloVe(embedding_dim=8), SGNS(embedding_dim=8, sample=0, epochs=40)], ids=["glove", "sgns"]
)
def test_topics_separate(embedder: Embedder) -> None:
    found = embedder.fit(small_corpus()).embedding("word")
    topics = [[f"{topic}{number}" for number in range(7)] for topic in "ab"]
    assert contrast(found, *topics) > 0.5


def test_tastes_separate_in_histories() -> None:
    rng = np.random.default_rng(0)
    tastes = [[f"{taste}{number}" for number in range(7)] for taste in "ab"]
    chances = np.repeat([6, 1], 7) / 49  # one in seven is of the other taste
    histories = [
        rng.choice(tastes[u % 2] + tastes[1 - u % 2], 5, replace=False, p=chances).tolist() for u in range(200)
    ]
    found = GloVe(embedding_dim=8, window="all").fit(Corpus.from_sentences(histories, min_count=1)).embedding()
    assert contrast(found, *tastes) > 0.3


def test_sgns_gradients_are_autograds() -> None:
    words, contexts = draw(4, 5, 3).requires_grad_(), draw(5, 6, 3).requires_grad_()
    rng = np.random.default_rng(0)
    rows, columns = (rng.integers(0, n, 20).astype(np.int32) for n in (5, 6))
    pair = rng.random(20) < 0.3
    cells = Cells(rows, columns, (5, 6), CPU)
    with quietly():
        found = sgns.gradients(cells, torch.from_numpy(pair[cells.order]), words.detach(), contexts.detach())
    products = (words[rows] * contexts[columns]).sum(1)
    signs = torch.from_numpy(np.where(pair, 1.0, -1.0))
    loss = -functional.logsigmoid(signs * products).sum()
    loss.backward()
    for mine, theirs in zip(found, (loss.detach(), words.grad, contexts.grad), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5)


def test_sgns_step_touches_the_rows_it_holds() -> None:
    word, context = draw(6, 8, 3), draw(7, 8, 3)
    before = word.clone(), context.clone()
    words, targets = np.array([2, 5, 2], np.int32), np.array([[1, 0], [3, 3], [4, 0]], np.int32)
    with quietly():
        sgns.step(words, targets, word, context, 0.1)
    assert np.flatnonzero((word != before[0]).any(1)).tolist() == [2, 5]
    assert np.flatnonzero((context != before[1]).any(1)).tolist() == [0, 1, 3, 4]
    slope = torch.sigmoid(before[0][5] @ before[1][3])
    pull = (slope - 1) * before[1][3] + slope * before[1][3]  # 3 is the context, and its own negative
    np.testing.assert_allclose(word[5], before[0][5] - 0.1 * pull, rtol=1e-5)


def test_sgns_with_enough_dimensions_finds_the_mutual_information() -> None:
    rng = np.random.default_rng(0)
    affinity = rng.random((8, 8)) + 0.1
    draws = rng.choice(64, 40_000, p=(affinity / affinity.sum()).ravel())
    corpus = Corpus.from_sentences(np.column_stack([draws // 8, draws % 8]).astype(str).tolist(), min_count=1)
    fitted = SGNS(
        embedding_dim=8, window=1, shrink=False, sample=0, ns_exponent=1, negative=2, learning_rate=0.2, epochs=15
    ).fit(corpus)
    joint = np.zeros((8, 8))
    one, other = corpus.codes.reshape(-1, 2).T
    np.add.at(joint, (one, other), 1)
    joint += joint.T
    information = np.log(joint * joint.sum() / np.outer(joint.sum(0), joint.sum(1))) - np.log(2)
    products = fitted.embedding("word").vectors @ fitted.embedding("context").vectors.T
    assert np.abs(products - information).max() < 0.1
    assert np.corrcoef(products.ravel(), information.ravel())[0, 1] > 0.99


@given(
    st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=6), min_size=1, max_size=4),
    st.lists(st.integers(1, 3), min_size=24, max_size=24),
    st.integers(1, 9),
)
def test_pairs_against_a_slow_count(sentences: list[list[int]], drawn: list[int], chunk: int) -> None:
    codes = np.array([code for sentence in sentences for code in sentence], np.int32)
    owner = np.repeat(np.arange(len(sentences), dtype=np.int32), [len(each) for each in sentences])
    widths = np.array(drawn[: len(codes)])
    expected = [
        (int(codes[here]), int(codes[there]))
        for here in range(len(codes))
        for there in range(len(codes))
        if owner[here] == owner[there] and 0 < abs(here - there) <= widths[here]
    ]
    found = []
    for start in range(0, len(codes), chunk):
        words, contexts = sgns.pairs_of(codes, owner, widths, start, start + chunk)
        found += list(zip(words.tolist(), contexts.tolist(), strict=True))
    assert sorted(found) == sorted(expected)


def test_negatives_follow_their_distribution() -> None:
    shares = sgns.noise_shares(np.array([16, 0, 81, 1]), 0.75)
    np.testing.assert_allclose(shares, np.array([8, 0, 27, 1]) / 36)
    found = sgns.drawn(shares, 100_000, np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(found, minlength=4) / 1e5, shares, atol=0.005)
    np.testing.assert_allclose(np.bincount(found[:5000], minlength=4) / 5e3, shares, atol=0.03)  # in random order


def test_downsampling_is_that_of_the_published_code() -> None:
    counts = np.array([900, 90, 10])
    expected = [np.sqrt(0.1 / share) * 1.0 + 0.1 / share for share in (0.9, 0.09, 0.01)]
    np.testing.assert_allclose(sgns.kept_shares(counts, 0.1), np.minimum(expected, 1))
    assert sgns.kept_shares(counts, 0).tolist() == [1, 1, 1]


def test_sgns_gives_both_layers() -> None:
    fitted = SGNS(embedding_dim=4, epochs=2).fit(small_ratings())
    assert list(fitted.embeddings_) == ["item", "context"]
    item, context = fitted.embedding(), fitted.embedding("context")
    assert item.keys.equals(context.keys)
    assert not np.allclose(item.vectors, context.vectors)
    assert fitted.history_["train_loss"].is_monotonic_decreasing


@pytest.mark.parametrize("embedder", [GloVe(), SGNS()], ids=["glove", "sgns"])
def test_nothing_to_learn_from(embedder: Embedder) -> None:
    lonely = Corpus.from_sentences([["a"], ["b"]], min_count=1)
    with pytest.raises(DataError, match=r"no two words stand within window=.* of each other in a sequence"):
        embedder.fit(lonely)


def test_nothing_that_downsampling_leaves() -> None:
    with pytest.raises(DataError, match=r"window=5 of each other .*, of those that sample=1e-12 leaves; 0 keeps all$"):
        SGNS(sample=1e-12, epochs=1).fit(small_corpus())
    lonely = Corpus.from_sentences([["a"], ["b"]], min_count=1)
    with pytest.raises(DataError, match=r"in a sequence$"):
        SGNS(sample=0, epochs=1).fit(lonely)


def test_an_epoch_without_pairs_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    made = SGNS._batches
    epochs = iter([True, False])
    monkeypatch.setattr(SGNS, "_batches", lambda self, *data: made(self, *data) if next(epochs) else iter(()))
    losses = SGNS(4, epochs=2).fit(small_corpus()).history_["train_loss"]
    assert losses[0] > 0
    assert np.isnan(losses[1])


@pytest.mark.parametrize("embedder", [GloVe(device="cuda"), SGNS(device="cuda")], ids=["glove", "sgns"])
def test_a_gpu_that_is_not_there(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ParameterError, match="device is 'cuda', but torch finds no GPU here; use 'auto' or 'cpu'"):
        embedder.fit(small_corpus())


@pytest.mark.parametrize("embedder", [GloVe, SGNS])
def test_missing_torch_names_the_command(embedder: type[Embedder], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder, "installed", classmethod(lambda cls: False))
    with pytest.raises(MissingDependencyError, match=r"pip install 'embedding-comparison-toolkit\[torch\]'"):
        embedder().fit(small_corpus())
