"""What a page holds of an atlas: neighbours, clusters, classes and places, packed and opened again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import toolkit as tk
from toolkit.metrics import disagreements
from toolkit.report.maps import Atlas, lists, packing
from toolkit.report.vectors import Learned

N = 80
KEYS = [f"k{i}" for i in range(N)]


def method(label: str, vectors: np.ndarray, keys: list[str] = KEYS, *, is_null: bool = False) -> Learned:
    return Learned(label, f"t-{label}", is_null, tk.Embedding(keys, vectors, "item"))


def table(keys: list[str] = KEYS) -> pd.DataFrame:
    classes = ["A|B" if i % 3 else "B" if i % 2 else "" for i in range(len(keys))]
    return pd.DataFrame({"key": keys, "title": "", "count": np.arange(len(keys), 0.0, -1), "kind": classes})


@pytest.fixture
def atlas(rng: np.random.Generator) -> Atlas:
    first = rng.normal(size=(N, 6))
    methods = (
        method("a", first),
        method("b", first + rng.normal(size=(N, 6))),
        method("n", rng.normal(size=(N, 4)), is_null=True),
    )
    return Atlas("item", methods, table(), (0, 1))


dtypes = st.sampled_from([np.uint8, np.uint16, np.uint32])


@given(dtypes.flatmap(lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=1, max_dims=2, min_side=0))))
def test_packed_arrays_come_back(values: np.ndarray) -> None:
    header, found = packing.unpack(packing.pack({"ä": ["</script>"]}, {"x": values, "y": np.arange(3, dtype=np.uint8)}))
    assert header == {"ä": ["</script>"]}
    assert found["x"].dtype == values.dtype
    np.testing.assert_array_equal(found["x"], values.ravel())
    np.testing.assert_array_equal(found["y"], [0, 1, 2])


def test_packed_text_holds_no_markup() -> None:
    text = packing.pack({"keys": ["</script><script>alert(1)</script>", "<!--"]}, {})
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


def test_places_come_back_within_half_a_step(rng: np.random.Generator) -> None:
    places = rng.normal(size=(50, 2)) * [3, 1]
    places[7] = np.nan
    levels, (x, y, step) = packing.quantized(places)
    assert (levels[:, 7] == packing.ABSENT).all()
    found = np.array([x, y]) + step * levels.T.astype(np.float64)
    kept = np.delete(np.arange(50), 7)
    assert np.abs(found - places)[kept].max() <= step / 2 * 1.000001
    assert np.delete(levels, 7, axis=1).max() == packing.LEVELS
    levels, (x, y, step) = packing.quantized(np.zeros((3, 2)))
    assert (levels == 0).all()
    assert step > 0


def test_neighbors_are_those_of_the_embedding(rng: np.random.Generator) -> None:
    emb = tk.Embedding(KEYS, rng.normal(size=(N, 5)))
    rows, cosines = lists.neighbors(emb)
    for place, key in enumerate(KEYS):
        expected = emb.neighbors(key, k=10)
        assert emb.keys[rows[place]].tolist() == expected["key"].tolist()
        np.testing.assert_allclose(cosines[place], expected["similarity"], atol=1e-6)
    assert lists.neighbors(emb.subset(KEYS[:4]))[0].shape == (4, 3)


def test_clusters_are_found_and_the_largest_is_the_first(rng: np.random.Generator) -> None:
    sizes = [5, 40, 15]
    centers = np.eye(3)[np.repeat(range(3), sizes)]
    emb = tk.Embedding(range(60), centers * 10 + rng.normal(size=(60, 3)) * 0.1)
    assert lists.clusters(emb, 3).tolist() == [2] * 5 + [0] * 40 + [1] * 15
    assert set(lists.clusters(tk.Embedding(range(9), np.ones((9, 2))))) == {0}


def test_telling_classes_come_first() -> None:
    members = np.zeros((200, 3), dtype=bool)
    members[:100, 0] = True  # neighbours of a key are those beside it
    members[::2, 1] = True  # every other key
    members[5, 2] = True  # rare
    rows = np.array([[(i + step) % 200 for step in (1, 3, 197, 199)] for i in range(200)])
    assert lists.telling(members, [rows]).tolist() == [0, 1, 2]
    assert lists.telling(members[:, ::-1], [rows]).tolist()[0] == 2


def test_keys_that_an_embedding_lacks_tell_nothing() -> None:
    members = np.zeros((200, 2), dtype=bool)
    members[:100, 0] = members[199, 0] = True
    members[::2, 1] = True
    rows = np.array([[(i + step) % 200 for step in (2, 4, 196, 198)] for i in range(200)])
    rows[:100] = -1
    assert lists.telling(members, [rows]).tolist() == [1, 0]


def test_page_holds_what_the_methods_learned(atlas: Atlas) -> None:
    header, found = packing.unpack(atlas.packed())
    assert header["keys"] == KEYS
    assert header["titles"] is None
    assert [each["label"] for each in header["methods"]] == ["a", "b", "n"]
    assert [each["null"] for each in header["methods"]] == [False, False, True]
    assert header["counted"] == "ratings"
    np.testing.assert_array_equal(found["count"], np.arange(N, 0, -1))
    for position, each in enumerate(atlas.methods):
        near = found[f"{position}.near"].reshape(10, N)
        levels = np.cumsum(
            found[f"{position}.cosine"].reshape(10, N) * np.where(np.arange(10) == 0, 1, -1)[:, None], axis=0
        )
        for key in range(0, N, 7):
            expected = each.embedding.neighbors(KEYS[key])
            assert [KEYS[row] for row in near[:, key]] == expected["key"].tolist()
            np.testing.assert_allclose(levels[:, key] % 256 / 100 - 1, expected["similarity"], atol=0.0051)
    classes = header["attributes"][0]["classes"]
    told = {
        name: [bool(bits >> place & 1) for bits in found["class.kind"].tolist()] for place, name in enumerate(classes)
    }
    assert told == {name: [name in text.split("|") for text in atlas.table["kind"]] for name in ("A", "B")}


def test_same_atlas_gives_the_same_text(atlas: Atlas) -> None:
    again = Atlas("item", atlas.methods, atlas.table, (0, 1))
    assert atlas.packed() == again.packed()


def test_keys_are_shown_by_frequency_and_cut(atlas: Atlas, rng: np.random.Generator) -> None:
    mixed = [*KEYS[10:60], "stray"]
    other = method("b", rng.normal(size=(51, 3)), mixed)
    part = Atlas("item", (atlas.methods[0], other), table(KEYS[::-1]), (0, 1))
    assert part.all_keys.tolist() == [*KEYS[::-1], "stray"]
    cut = Atlas("item", part.methods, part.table, (0, 1), most=30)
    header, found = packing.unpack(cut.packed())
    assert header["keys"] == KEYS[::-1][:30]
    lacks = [key for key in header["keys"] if key not in other.embedding]
    absent = found["1.pca"].reshape(2, 30)[0] == packing.ABSENT
    assert [key for key, gone in zip(header["keys"], absent, strict=True) if gone] == lacks
    assert (found["1.near"].reshape(10, 30)[:, absent] == packing.ABSENT).all()
    shown = other.embedding.subset([key for key in header["keys"] if key in other.embedding])
    first = next(i for i, gone in enumerate(absent) if not gone)
    expected = shown.neighbors(header["keys"][first])["key"].tolist()
    near = [header["keys"][row] for row in found["1.near"].reshape(10, 30)[:, first] if row != packing.ABSENT]
    assert near == expected[:10]


def test_first_pair_is_the_best_and_what_is_least_like_it(rng: np.random.Generator) -> None:
    best = rng.normal(size=(N, 6))
    like, unlike, worst = (best + size * rng.normal(size=(N, 6)) for size in (0.1, 1.0, 9.0))
    named = {
        "null": rng.normal(size=(N, 6)),
        "worst": worst,
        "like": like,
        "best": best,
        "unlike": unlike,
        "w": worst + 1,
    }
    methods = tuple(method(label, rows, is_null=label == "null") for label, rows in named.items())
    assert Atlas("item", methods, None, (3, 2, 4, 1, 5)).pair == (3, 4)
    assert Atlas("item", methods, None).pair == (1, 2)
    assert Atlas("item", methods[:1], None).pair == (0, 0)


def test_first_key_is_the_one_that_both_agree_on(rng: np.random.Generator) -> None:
    first = rng.normal(size=(N, 6))
    second = rng.normal(size=(N, 6))
    second[20:40] = first[20:40]  # a corner that both know
    atlas = Atlas("item", (method("a", first), method("b", second)), table(), (0, 1))
    shared = disagreements(atlas.methods[0].embedding, atlas.methods[1].embedding).set_index("key")["shared"]
    assert shared[KEYS[atlas.start]] == shared.max()
