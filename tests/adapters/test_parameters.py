"""Parameters that are out of range are refused in one line, before any training."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.errors import DataError, MissingDependencyError, ParameterError, UnknownNameError, UnsupportedError
from toolkit.registry import embedder_class, make_embedder
from toolkit.testing import small_corpus, small_ratings


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("als", {"embedding_dim": 0}, "embedding_dim of ALS is 0; it must be an integer of at least 1"),
        ("als", {"embedding_dim": 2.5}, "embedding_dim of ALS is 2.5"),
        ("als", {"embedding_dim": True}, "embedding_dim of ALS is True"),
        ("bpr", {"epochs": -1}, "epochs of BPR is -1"),
        ("svd", {"learning_rate": float("nan")}, "learning_rate of SVD is nan"),
        ("svd", {"regularization": "much"}, "regularization of SVD is 'much'"),
        ("word2vec", {"architecture": "glove"}, "architecture of Word2Vec is 'glove'"),
        ("pca", {"embedding_dim": 20}, "30 users by 20 items allows at most 19"),
        ("truncated-svd", {"embedding_dim": 20}, "allows at most 19"),
        ("nmf", {"embedding_dim": 21}, "allows at most 20"),
        ("ppmi-svd", {"embedding_dim": 20}, "20 keys allow at most 19"),
        ("word2vec", {"window": 0}, "window of Word2Vec is 0; it must be an integer of at least 1"),
        ("word2vec", {"negative": 0}, "negative of Word2Vec is 0"),
        ("word2vec", {"architecture": "skipgram"}, "did you mean 'skip-gram'"),
        ("fasttext", {"n_jobs": -1}, "n_jobs of FastText is -1"),
        ("als", {"random_state": -1}, "random_state of ALS is -1"),
        ("nmf", {"init": "x"}, "init of NMF is 'x'; it must be 'nndsvd' or 'nndsvda' or 'random'"),
        ("ppmi-svd", {"window": 0, "embedding_dim": 3}, "window of PPMISVD is 0"),
        ("glove", {"window": "al"}, "window of GloVe is 'al', did you mean 'all'"),
        ("glove", {"x_max": 0}, "x_max of GloVe is 0; it must be a number of at least 1e-06"),
        ("glove", {"combine": "mean"}, "combine of GloVe is 'mean'; it must be 'sum' or 'word'"),
        ("sgns", {"negative": 0}, "negative of SGNS is 0"),
        (
            "sgns",
            {"device": "gpu"},
            "device of SGNS is 'gpu', did you mean 'cpu'; it must be 'auto' or 'cpu' or 'cuda'",
        ),
        ("pretrained", {}, "source of Pretrained is empty"),
    ],
)
def test_value_out_of_range(name: str, params: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make_embedder(name, **params).fit(small_ratings())
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_parameter_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'embedding_dim'"):
        make_embedder("als", embeding_dim=3)


def test_a_refused_request_sets_nothing() -> None:
    als = make_embedder("als", embedding_dim=3)
    with pytest.raises(UnknownNameError):
        als.set_params(embedding_dim=9, no_such_parameter=1)
    assert als.get_params()["embedding_dim"] == 3


def test_what_is_shown_is_what_differs_from_the_defaults() -> None:
    assert repr(make_embedder("als", embedding_dim=3, alpha=1.0)) == "ALS(embedding_dim=3)"
    assert repr(make_embedder("als").set_params(alpha=np.ones(2))) == "ALS(alpha=array([1., 1.]))"


def test_data_without_the_view() -> None:
    with pytest.raises(UnsupportedError, match="ALS learns from matrix, which list does not offer"):
        make_embedder("als").fit([1, 2])


def test_missing_library_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    cls = embedder_class("als")
    monkeypatch.setattr(cls, "module", "no_such_module")
    with pytest.raises(MissingDependencyError, match="pip install 'implicit'"):
        cls().fit(small_ratings())
    monkeypatch.setattr(cls, "extra", "torch")
    with pytest.raises(MissingDependencyError, match=r"pip install 'embedding-comparison-toolkit\[torch\]'"):
        cls().fit(small_ratings())


def test_unknown_entity_names_those_there_are() -> None:
    fitted = make_embedder("random", embedding_dim=2).fit(small_ratings())
    with pytest.raises(UnknownNameError, match="known: item, user"):
        fitted.embedding("word")


def test_pretrained_with_no_key_in_common(tmp_path) -> None:
    path = tmp_path / "v.txt"
    path.write_text("x 1 2\ny 3 4\n")
    with pytest.raises(DataError, match="no key in common"):
        make_embedder("pretrained", source=str(path), restrict=True).fit(small_corpus())
