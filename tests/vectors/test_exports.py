"""Exports: what the Embedding Projector, Parquet readers and gensim make of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from gensim.models import KeyedVectors

from toolkit import Embedding
from toolkit.vectors.exports import EXPORTERS, export_gensim, export_parquet, export_projector, write_config

KEYS = ["50", "=1+1", "tab\there", "two\r\nlines", 'quo"te', "žluťoučký kůň", "<b>"]


@pytest.fixture
def embedding() -> Embedding:
    return Embedding(KEYS, np.random.default_rng(0).normal(size=(len(KEYS), 5)) * 1e-3, "item")


@pytest.fixture
def facts() -> pd.DataFrame:
    titles = [f"Title\tof {number}" for number in range(len(KEYS))]
    return pd.DataFrame({"title": titles, "count": range(len(KEYS))}, index=KEYS)


def rows(path: Path) -> list[list[str]]:
    """Read a table as the projector does: lines by line feeds, fields by tabs, no quotes."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").removesuffix("\n").split("\n")]


def test_projector_pair_has_a_line_a_key(tmp_path: Path, embedding: Embedding, facts: pd.DataFrame) -> None:
    path = export_projector(embedding, facts, tmp_path, "films")
    vectors = np.array(rows(path), dtype=np.float32)
    np.testing.assert_array_equal(vectors, embedding.vectors)  # nothing is lost in the digits
    header, *metadata = rows(tmp_path / "films.metadata.tsv")
    assert header == ["key", "title", "count"]
    assert [len(row) for row in metadata] == [3] * len(KEYS)
    assert [row[0] for row in metadata] == ["50", "'=1+1", "tab here", "two lines", *KEYS[4:]]
    assert metadata[3][1:] == ["Title of 3", "3"]


def test_projector_metadata_of_keys_alone_has_no_header(tmp_path: Path, embedding: Embedding) -> None:
    export_projector(embedding, pd.DataFrame(index=embedding.keys), tmp_path, "films")
    metadata = rows(tmp_path / "films.metadata.tsv")
    assert len(metadata) == len(embedding)
    assert metadata[0] == ["50"]


def test_projector_configuration_names_the_files_beside_it(
    tmp_path: Path, embedding: Embedding, facts: pd.DataFrame
) -> None:
    path = export_projector(embedding, facts, tmp_path, "films")
    (tensor,) = json.loads(write_config([(path, embedding)]).read_text())["embeddings"]
    assert tensor["tensorShape"] == [7, 5]
    assert (tmp_path / tensor["tensorPath"]).is_file()
    assert (tmp_path / tensor["metadataPath"]).is_file()


def test_parquet_holds_keys_facts_and_vectors(tmp_path: Path, embedding: Embedding, facts: pd.DataFrame) -> None:
    table = pd.read_parquet(export_parquet(embedding, facts, tmp_path, "films"))
    assert list(table.columns) == ["key", "title", "count", "vector"]
    assert list(table["key"]) == KEYS
    assert list(table["count"]) == list(range(len(KEYS)))
    np.testing.assert_array_equal(np.stack(table["vector"]), embedding.vectors)


def test_gensim_opens_keys_vectors_and_facts(tmp_path: Path, embedding: Embedding, facts: pd.DataFrame) -> None:
    vectors = KeyedVectors.load(str(export_gensim(embedding, facts, tmp_path, "films")))
    assert vectors.index_to_key == KEYS
    np.testing.assert_array_equal(vectors.vectors, embedding.vectors)
    assert vectors.get_vecattr("<b>", "count") == 6
    assert vectors.get_vecattr("50", "title") == "Title\tof 0"


@pytest.mark.parametrize("to", EXPORTERS)
def test_same_vectors_give_the_same_bytes(tmp_path: Path, embedding: Embedding, facts: pd.DataFrame, to: str) -> None:
    written = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        EXPORTERS[to](embedding, facts, tmp_path / name, "films")
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1]
