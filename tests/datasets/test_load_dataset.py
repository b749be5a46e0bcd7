from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.utils import simple_preprocess
from scipy.stats import spearmanr

from toolkit.data import Analogies, Corpus, Ratings, WordPairs
from toolkit.datasets import catalog, fetch, load_dataset
from toolkit.datasets.files import DataFile
from toolkit.datasets.load import read_array
from toolkit.embedding import Embedding
from toolkit.errors import DataError, ParameterError, UnknownNameError

U_DATA = "06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490"


@pytest.mark.parametrize(
    ("name", "kind", "size"),
    [
        ("wordsim353", WordPairs, 353),
        ("simlex999", WordPairs, 999),
        ("google-analogies", Analogies, 19_544),
        ("lee", Corpus, 300),
        ("men", WordPairs, 3_000),
        ("rare-words", WordPairs, 2_034),
        ("mturk-287", WordPairs, 287),
        ("msr-analogies", Analogies, 8_000),
        ("movielens-100k", Ratings, 100_000),
        ("glove-6b-50d", Embedding, 400_000),
    ],
)
def test_every_set_that_needs_no_web_page_loads_whole(name: str, kind: type, size: int) -> None:
    data = load_dataset(name)
    assert isinstance(data, kind)
    assert len(data) == size
    assert getattr(data, "name", name) == name
    assert getattr(data, "malformed", ()) == ()


@pytest.mark.parametrize("name", ["wordsim353", "simlex999"])
def test_pairs_are_those_that_gensim_reads(name: str) -> None:
    pairs = load_dataset(name)
    words = sorted({word.upper() for word in pairs.first + pairs.second})
    vectors = KeyedVectors(20)
    vectors.add_vectors(words, np.random.default_rng(0).normal(size=(len(words), 20)).astype(np.float32))
    cosines = [vectors.similarity(a.upper(), b.upper()) for a, b in zip(pairs.first, pairs.second, strict=True)]
    _, peer, oov = vectors.evaluate_word_pairs(str(fetch(name).paths[0]))
    assert oov == 0
    assert spearmanr(pairs.scores, cosines).statistic == pytest.approx(peer.statistic, abs=1e-12)


def test_the_google_questions_have_their_sections() -> None:
    sections = load_dataset("google-analogies").sections
    syntactic = sum(len(rows) for name, rows in sections.items() if name.startswith("gram"))
    assert (len(sections), syntactic) == (14, 10_675)
    assert sections["capital-common-countries"][0] == ("Athens", "Greece", "Baghdad", "Iraq")


def test_lee_is_tokenized_as_gensim_does_it() -> None:
    lines = fetch("lee").paths[0].read_text(encoding="utf-8").splitlines()
    corpus = load_dataset("lee", min_count=1)
    assert list(corpus.sequences()) == [simple_preprocess(line) for line in lines]
    few = load_dataset("lee", max_vocabulary=100, window=2)
    assert (len(few.words), few.window) == (100, 2)


def test_movielens_100k_is_u_data_row_by_row() -> None:
    ratings = load_dataset("movielens-100k")
    lines = ratings.to_frame().astype({"rating": int}).to_csv(sep="\t", header=False, index=False, lineterminator="\n")
    assert hashlib.sha256(lines.encode()).hexdigest() == U_DATA
    assert ratings.scale == (1.0, 5.0)
    assert ratings.item_table.loc["1"].tolist() == ["Toy Story (1995)", "Animation|Children's|Comedy"]
    assert ratings.item_table.loc["12", "title"] == "Usual Suspects, The (1995)"
    assert ratings.item_table.loc["267"].tolist() == ["unknown", "unknown"]
    assert set(ratings.item_keys) == set(ratings.item_table.index)


def test_glove_is_memory_mapped_and_can_be_limited() -> None:
    glove = load_dataset("glove-6b-50d")
    assert glove.vectors.base.base is not None
    np.testing.assert_array_equal(glove["the"][:3], np.float32([0.418, 0.24968, -0.41242]))
    few = load_dataset("glove-6b-50d", limit=5)
    assert list(few.keys) == ["the", ",", ".", "of", "to"]
    with pytest.raises(ParameterError, match="limit is 0"):
        load_dataset("glove-6b-50d", limit=0)


def test_keys_and_vectors_must_agree(tmp_path: Path) -> None:
    import pandas as pd

    pd.DataFrame({"index": ["a", "b"]}).to_parquet(tmp_path / "keys.parquet")
    np.save(tmp_path / "vectors.npy", np.zeros((3, 2), dtype=np.float32))
    with pytest.raises(DataError, match="2 keys"):
        read_array("tiny", [DataFile(tmp_path / "vectors.npy"), DataFile(tmp_path / "keys.parquet")])


def test_an_unknown_option_is_told_before_anything_is_fetched(cache: Path) -> None:
    with pytest.raises(
        UnknownNameError, match="unknown option of data set 'text8' 'mincount'; did you mean 'min_count'"
    ):
        load_dataset("text8", mincount=3)
    with pytest.raises(UnknownNameError, match="option of data set 'movielens-1m' 'limit'"):
        load_dataset("movielens-1m", limit=3)
    assert not cache.exists()


@pytest.fixture
def put(cache: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that puts a small archive in the place of a data set's real one."""

    def put(name: str, **members: bytes) -> None:
        info = catalog.catalog()[name]
        source = next(source for source in info.sources if isinstance(source, catalog.UrlSource))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in source.members:
                archive.writestr(member, members[Path(member).name.replace(".", "_")])
        cache.mkdir(exist_ok=True)
        (cache / source.url.rpartition("/")[2]).write_bytes(packed.getvalue())
        changed = source.model_copy(update={"sha256": hashlib.sha256(packed.getvalue()).hexdigest()})
        entries = {name: info.model_copy(update={"sources": (changed,)})}
        monkeypatch.setattr(catalog, "catalog", lambda: entries)

    return put


CSV = {
    "ratings_csv": b"userId,movieId,rating,timestamp\n1,307,3.5,1256677221\n2,1,0.5,1256677456\n",
    "movies_csv": 'movieId,title,genres\n1,Toy Story (1995),Animation|Comedy\n307,"Amélie, (2001)",Drama\n'.encode(),
}
DAT = {
    "ratings_dat": b"1::307::3.5::1256677221\n2::1::0.5::1256677456\n",
    "movies_dat": "1::Toy Story (1995)::Animation|Comedy\n307::Amélie, (2001)::Drama\n".encode(),
}


@pytest.mark.parametrize(
    ("name", "members"),
    [*((f"movielens-{size}", CSV) for size in ("latest-small", "20m", "25m", "32m")), ("movielens-10m", DAT)],
)
def test_the_archives_of_movielens_are_read(put, name: str, members: dict[str, bytes]) -> None:
    put(name, **members)
    ratings = load_dataset(name)
    assert ratings.to_frame().to_numpy().tolist() == [["1", "307", 3.5, 1256677221], ["2", "1", 0.5, 1256677456]]
    assert ratings.item_table["title"].to_dict() == {"1": "Toy Story (1995)", "307": "Amélie, (2001)"}
    assert ratings.item_table["genres"].to_dict() == {"1": "Animation|Comedy", "307": "Drama"}
    assert (ratings.name, ratings.scale) == (name, (0.5, 5.0))


def test_movielens_1m_is_latin_1(put) -> None:
    films = "1::Toy Story (1995)::Animation\n73::Misérables, Les (1995)::Drama\n".encode("latin-1")
    put("movielens-1m", ratings_dat=b"1::73::5::978300760\n", movies_dat=films)
    ratings = load_dataset("movielens-1m")
    assert ratings.item_table.loc["73", "title"] == "Misérables, Les (1995)"
    assert ratings.scale == (1.0, 5.0)


def test_the_archive_of_movielens_100k_is_read(put) -> None:
    flags = "0|0|0|1|1|1" + "|0" * 13
    film = f"242|Kolya é (1996)|24-Jan-1997||http://example.org/|{flags}\n".encode("latin-1")
    put("movielens-100k", u_data=b"196\t242\t3\t881250949\n", u_item=film)
    ratings = load_dataset("movielens-100k")
    assert ratings.to_frame().to_numpy().tolist() == [["196", "242", 3.0, 881250949]]
    assert ratings.item_table.loc["242"].tolist() == ["Kolya é (1996)", "Animation|Children's|Comedy"]


def test_text8_is_one_long_line(put) -> None:
    put("text8", text8=b" anarchism originated as a term" * 2001)
    corpus = load_dataset("text8")
    assert [len(sentence) for sentence in corpus.sequences()] == [10_000, 5]
    assert corpus.name == "text8"


@pytest.mark.parametrize("limit", [None, 1])
def test_the_text_of_glove_is_read_out_of_its_archive(put, cache: Path, limit: int | None) -> None:
    put(
        "glove-6b-100d",
        glove_6B_100d_txt=b"the " + b" ".join([b"0.5"] * 100) + b"\nof " + b" ".join([b"-1"] * 100) + b"\n",
    )
    glove = load_dataset("glove-6b-100d", limit=limit)
    assert list(glove.keys) == ["the", "of"][:limit]
    assert glove.dim == 100
    assert glove["the"].tolist() == [0.5] * 100
    assert sorted(path.name for path in cache.iterdir()) == ["glove.6B.zip", "vectors"]
    again = load_dataset("glove-6b-100d", limit=limit)
    assert list(again.keys) == list(glove.keys)
    assert again.vectors.tolist() == glove.vectors.tolist()
    with pytest.raises(ParameterError, match="limit is 0"):
        load_dataset("glove-6b-100d", limit=0)
    plain = load_dataset("glove-6b-100d", limit=limit, cache=False)
    assert plain.vectors.tolist() == glove.vectors.tolist()
