"""Our numbers are the libraries' own, on real data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from toolkit import ALS, BPR, LMF, NMF, PCA, SVD, Bias, FastText, Ratings, SurpriseNMF, SVDpp, TruncatedSVD, Word2Vec
from toolkit.metrics import mae, rmse

# Surprise 1.1.5, defaults, random_state=0, MovieLens-100k, canonical folds: RMSE and MAE
SURPRISE = {
    "u1": {
        "SVD": (0.9515291010407914, 0.7487175156311372),
        "NMF": (0.9769513050004901, 0.7679703652261174),
        "BaselineOnly": (0.9599438333077737, 0.7615833440531362),
    },
    "u2": {
        "SVD": (0.9411727010228779, 0.7399369264418423),
        "NMF": (0.9651359335702782, 0.7566180234699051),
        "BaselineOnly": (0.9476515797376743, 0.7493986092441475),
    },
    "u3": {
        "SVD": (0.9381951025529517, 0.7392679751936987),
        "NMF": (0.9613150072707627, 0.7537729552164993),
        "BaselineOnly": (0.940523028278698, 0.7445158474930392),
    },
    "u4": {
        "SVD": (0.9317654408425262, 0.7342989963090667),
        "NMF": (0.9596927995072682, 0.7534482895883312),
        "BaselineOnly": (0.938284026686687, 0.7442326440918581),
    },
    "u5": {
        "SVD": (0.9348303429195861, 0.7406596798642778),
        "NMF": (0.9592659112488602, 0.7582808402828858),
        "BaselineOnly": (0.9422794835917605, 0.7499396915080997),
    },
}
EMBEDDERS = {"SVD": SVD(), "NMF": SurpriseNMF(), "BaselineOnly": Bias(damping_user=15, damping_item=10)}
# the table of Surprise's README: KFold(5, random_state=0), defaults, means over the folds
README = {"svd": (SVD, 0.934, 0.737), "svdpp": (SVDpp, 0.919, 0.721), "nmf-surprise": (SurpriseNMF, 0.963, 0.758)}


@pytest.fixture(scope="module")
def u1(movielens: Ratings) -> Ratings:
    return movielens.split("u1")[0]


@pytest.mark.parametrize("fold", list(SURPRISE))
@pytest.mark.parametrize("name", list(EMBEDDERS))
def test_surprise_fold_by_fold(movielens: Ratings, fold: str, name: str) -> None:
    train, test = movielens.split(fold)
    predicted = EMBEDDERS[name].fit(train).predict(test.user_keys[test.users], test.item_keys[test.items])
    found = rmse(test.values, predicted), mae(test.values, predicted)
    np.testing.assert_allclose(found, SURPRISE[fold][name], rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", list(README))
def test_surprise_readme(movielens: Ratings, name: str) -> None:
    cls, *published = README[name]
    errors = []
    for train, test in movielens.folds(random_state=0):
        predicted = cls().fit(train).predict(test.user_keys[test.users], test.item_keys[test.items])
        errors.append((rmse(test.values, predicted), mae(test.values, predicted)))
    np.testing.assert_allclose(np.mean(errors, axis=0), published, rtol=0, atol=0.0005)


@pytest.mark.parametrize("name", ["als", "bpr", "lmf"])
def test_implicit_factors_and_top_ten(u1: Ratings, name: str) -> None:
    from implicit.cpu.als import AlternatingLeastSquares
    from implicit.cpu.bpr import BayesianPersonalizedRanking
    from implicit.cpu.lmf import LogisticMatrixFactorization

    matrix = csr_matrix((u1.values.astype(np.float32), (u1.users, u1.items)))
    matrix.sort_indices()  # the order of the sums decides the last bits
    with threadpool_limits(1, "blas"):
        ours, theirs = {
            "als": (ALS(16), AlternatingLeastSquares(factors=16, num_threads=1, random_state=0)),
            "bpr": (BPR(16, epochs=5), BayesianPersonalizedRanking(16, iterations=5, num_threads=1, random_state=0)),
            "lmf": (LMF(16, epochs=5), LogisticMatrixFactorization(16, iterations=5, num_threads=1, random_state=0)),
        }[name]
        theirs.fit(matrix, show_progress=False)
    ours.fit(u1)
    np.testing.assert_array_equal(ours.embedding("item").vectors, theirs.item_factors[:, :16])
    np.testing.assert_array_equal(ours.embedding("user").vectors, theirs.user_factors[:, :16])
    users = np.arange(50)
    ids, scores = theirs.recommend(users, matrix[users], N=10, filter_already_liked_items=True)
    found = np.asarray(ours.score_items(u1.user_keys[users]), dtype=np.float64)
    np.testing.assert_allclose(np.take_along_axis(found, ids, axis=1), scores, rtol=1e-4, atol=1e-5)
    found[matrix[users].nonzero()] = -np.inf
    np.testing.assert_array_equal(np.argsort(-found, axis=1, kind="stable")[:, :10], ids)


def test_gensim_vectors(lee) -> None:
    from gensim.models import FastText as GensimFastText
    from gensim.models import Word2Vec as GensimWord2Vec

    sentences = list(lee.sequences())
    common = {"vector_size": 20, "min_count": 1, "workers": 1, "seed": 3, "epochs": 2}
    pairs = [
        (Word2Vec(20, epochs=2, random_state=3), GensimWord2Vec(sentences, sg=1, **common)),
        (Word2Vec(20, architecture="cbow", epochs=2, random_state=3), GensimWord2Vec(sentences, sg=0, **common)),
        (FastText(20, bucket=5000, epochs=2, random_state=3), GensimFastText(sentences, sg=1, bucket=5000, **common)),
    ]
    for ours, theirs in pairs:
        found = ours.fit(lee).embedding("word")
        np.testing.assert_array_equal(found.vectors, theirs.wv[list(found.keys)])


def test_all_cores_learn_too(lee) -> None:
    one = Word2Vec(8, epochs=1, n_jobs=0).fit(lee).embedding("word").vectors
    other = Word2Vec(8, epochs=3, n_jobs=0).fit(lee).embedding("word").vectors
    assert not np.allclose(one, other)


def test_fasttext_without_ngrams_takes_no_buckets(u1: Ratings) -> None:
    vectors = FastText(8, max_n=0, epochs=1).fit(u1).embedding("item").vectors
    assert vectors.shape == (len(u1.item_keys), 8)


def test_sklearn_decompositions(u1: Ratings) -> None:
    from sklearn import decomposition

    u1 = u1.take(np.flatnonzero(u1.users < 200))
    dense = u1.matrix().csr.toarray()
    left, values, right = np.linalg.svd(dense, full_matrices=False)
    pca = PCA(10).fit(u1)
    peer = decomposition.PCA(10, svd_solver="full")
    np.testing.assert_allclose(pca.embedding("item").vectors, peer.fit_transform(dense.T), rtol=1e-4, atol=1e-3)
    users = peer.fit_transform(dense)
    np.testing.assert_allclose(pca.embedding("user").vectors, users, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(pca.score_items(u1.user_keys), peer.inverse_transform(users), rtol=0, atol=1e-8)

    for exponent in (0.0, 0.5, 1.0):
        svd = TruncatedSVD(10, singular_value_exponent=exponent).fit(u1)
        products = (left[:, :10] * values[:10] ** (2 * exponent)) @ right[:10]
        found = svd.embedding("user").vectors.astype(np.float64) @ svd.embedding("item").vectors.T
        np.testing.assert_allclose(found, products, rtol=0, atol=1e-3 * values[0] ** (2 * exponent))
        np.testing.assert_allclose(
            svd.score_items(u1.user_keys), (left[:, :10] * values[:10]) @ right[:10], rtol=0, atol=1e-8
        )

    nmf = NMF(5, epochs=20).fit(u1)
    assert nmf.embedding("item").vectors.min() >= 0
    assert nmf.embedding("user").vectors.min() >= 0


def test_whitening_changes_the_vectors_and_not_the_ranking(u1: Ratings) -> None:
    plain, white = PCA(5).fit(u1), PCA(5, whiten=True).fit(u1)
    np.testing.assert_allclose(plain.score_items(u1.user_keys), white.score_items(u1.user_keys), rtol=0, atol=1e-8)
    np.testing.assert_allclose(white.embedding("item").vectors.std(axis=0, ddof=1), 1, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "ours"),
    [("SVD", SVD(4, epochs=2)), ("SVDpp", SVDpp(4, epochs=2)), ("NMF", SurpriseNMF(4, epochs=2))],
)
def test_each_rating_is_predicted_as_by_surprise(u1: Ratings, movielens: Ratings, name: str, ours: SVD) -> None:
    import surprise

    small = u1.take(np.flatnonzero(u1.users < 60))
    test = movielens.take(np.arange(500))
    data = surprise.Dataset.load_from_df(small.to_frame()[["user", "item", "rating"]], surprise.Reader())
    options = {"cache_ratings": True} if name == "SVDpp" else {}
    model = getattr(surprise, name)(n_factors=4, n_epochs=2, random_state=0, **options)
    model.fit(data.build_full_trainset())
    users, items = test.user_keys[test.users], test.item_keys[test.items]
    theirs = [model.predict(user, item).est for user, item in zip(users, items, strict=True)]
    assert not set(items) <= set(small.item_keys), "unknown items must be among them"
    np.testing.assert_allclose(ours.fit(small).predict(users, items), theirs, rtol=0, atol=1e-9)
