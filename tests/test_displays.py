"""What a notebook shows, through the formatter that notebooks use."""

from __future__ import annotations

import base64
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

import toolkit as tk
from toolkit.errors import DataError, ParameterError, UnknownNameError, UnsupportedError
from toolkit.harness.tables import SCORE_COLUMNS, TRIAL_COLUMNS
from toolkit.testing import small_ratings

NASTY = "<img src=x onerror=alert(1)>"
SUITE = """
title = "{title}"

[[experiments]]
name = "films"
dataset = "{data}"
splits = ["holdout"]
tasks = ["rating-prediction"]
embedders = [
    {{ name = "pca", params = {{ embedding_dim = 4 }} }},
    {{ name = "truncated-svd", params = {{ embedding_dim = 4 }} }},
    {{ name = "random", params = {{ embedding_dim = 4 }} }},
]
"""


def shown(thing):
    """Return the HTML that a notebook shows for a thing."""
    data, _ = DisplayFormatter().format(thing)
    assert "text/plain" in data
    return data["text/html"]


def drawing(thing):
    """Return the drawing in what a notebook shows."""
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', shown(thing))
    return base64.b64decode(found[1]).decode()


@pytest.fixture(scope="module")
def embeddings():
    rng = np.random.default_rng(0)
    first = rng.normal(size=(40, 8)).astype(np.float32)
    keys = [NASTY, *map(str, range(39))]
    turn = np.linalg.qr(rng.normal(size=(8, 8)))[0]
    noise = tk.Embedding(keys, rng.normal(size=(40, 3)), "item")
    return {
        NASTY: tk.Embedding(keys, first, "item"),
        "turned": tk.Embedding(keys, first @ turn, "item"),
        "noise": noise,
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A small run of one method and a null baseline, made of ratings in two flavours."""
    folder = tmp_path_factory.mktemp("shown")
    small_ratings(40, 30).to_frame().to_csv(folder / "films.csv", index=False)
    (folder / "suite.toml").write_text(SUITE.format(title=NASTY, data=folder / "films.csv"), encoding="utf-8")
    return tk.run(folder / "suite.toml", out=folder / "run", workers=1)


def test_an_embedding_shows_its_size_and_first_keys(embeddings):
    text = shown(embeddings[NASTY])
    assert "40 items × 8" in text
    assert NASTY not in text
    assert "&lt;img src=x" in text
    row = embeddings[NASTY].vectors[1]
    assert f"<th>0</th><td>{np.linalg.norm(row.astype(float)):.4g}</td><td>{row[0]:.4g}</td>" in text
    assert text.count("<tr>") == 7
    assert "… and 34 more" in text
    small = shown(tk.Embedding(["a"], [[1.0, 2.0]]))
    assert "more" not in small
    assert "…" not in small


def test_data_show_their_size_and_first_rows():
    ratings = tk.Ratings.from_frame(pd.DataFrame({"user": [NASTY, 2], "item": ["x", "y"], "rating": [5, 1]}))
    text = shown(ratings)
    assert "2 ratings of 2 items by 2 users" in text
    assert NASTY not in text
    assert "<td>x</td><td>5</td>" in text
    corpus = tk.Corpus.from_sentences([[NASTY, "b", "b"]] * 3, min_count=1)
    text = shown(corpus)
    assert NASTY not in text
    assert "<th>b</th><td>6</td>" in text


def test_a_run_shows_status_verdict_best_and_report(run):
    text = shown(run)
    assert "3 fits: 3 ok" in text
    assert "Rating prediction" in text
    assert "Best of each leaderboard" in text
    assert "RMSE" in text
    assert NASTY not in text
    assert "report.html" not in text
    run.report()
    assert f'href="{(run.path / "report.html").as_posix()}"' in shown(run)


def test_a_damaged_run_says_what_is_wrong(tmp_path):
    for name, columns in (("trials", TRIAL_COLUMNS), ("scores", SCORE_COLUMNS)):
        (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n", encoding="utf-8")
    (tmp_path / "run.json").write_text("{", encoding="utf-8")
    assert "run.json" in shown(tk.open_run(tmp_path))


def test_figures_of_a_run_are_those_of_its_report(run):
    page = run.report(run.path.parent / "page.html").read_text(encoding="utf-8")
    assert len(run.figures) >= 5
    for name, figure in run.figures.items():
        assert f'id="{name.replace(" ", "-")}"' in page
        assert isinstance(figure.data, pd.DataFrame)
        assert len(figure.data)
    listing = shown(run.figures)
    assert all(name in listing for name in run.figures)


def test_a_figure_is_found_by_words_of_its_name(run):
    figure = run.figure("agreement of items")
    assert figure.name == "films agreement item heat"
    assert run.figure(figure.name) is figure
    assert set(figure.data["method"]) == {"pca", "truncated-svd"}
    with pytest.raises(UnknownNameError, match="did you mean 'films agreement item heat'"):
        run.figure("films agrement item heat")
    with pytest.raises(UnknownNameError, match="films dimensions item gram, films dimensions item spectra"):
        run.figure("dimensions")
    with pytest.raises(UnknownNameError, match="unknown figure ''"):
        run.figure("")


def test_a_figure_shows_the_chart_of_the_report(run):
    figure = run.figure("agreement of items")
    assert re.search(r">[123] +truncated-svd<", drawing(figure))
    assert figure.chart.to_dict()["width"] > 0
    before = figure.data
    before.loc[:, "CKA"] = 7
    assert (figure.data["CKA"] != 7).all(), "what a reader does with the numbers changes nothing"


@pytest.mark.parametrize("ending", ["svg", "png", "html", "json", "csv"])
def test_a_figure_is_saved_in_the_form_that_its_ending_says(embeddings, tmp_path, ending):
    figure = tk.plot.agreement(embeddings)
    path = figure.save(tmp_path / f"figure.{ending}")
    starts = {"svg": b"<svg", "png": b"\x89PNG", "html": b"<figure", "json": b"{", "csv": b"method,"}
    assert path.read_bytes().startswith(starts[ending])
    if ending == "csv":
        pd.testing.assert_frame_equal(pd.read_csv(path), figure.data)


def test_a_figure_is_not_saved_in_another_form(embeddings, tmp_path):
    figure = tk.plot.gram(embeddings["noise"])
    with pytest.raises(UnknownNameError, match=r"ending of a figure's file '.gif'"):
        figure.save(tmp_path / "figure.gif")
    with pytest.raises(DataError, match="no folder"):
        figure.save(tmp_path / "none" / "figure.svg")


def test_agreement_of_embeddings_of_ones_own(embeddings):
    figure = tk.plot.agreement(embeddings)
    assert figure.data["CKA"].round(4).tolist()[0] == 1.0
    assert NASTY not in shown(figure)
    assert "&lt;img" in drawing(figure)
    with pytest.raises(ParameterError, match="two or more"):
        tk.plot.agreement({"a": embeddings["noise"]})
    with pytest.raises(ParameterError, match="fewer than 20 keys in common with the others: other"):
        tk.plot.agreement({**embeddings, "other": tk.Embedding(range(100, 200), np.eye(100))})
    with pytest.raises(UnsupportedError, match="'a' is ndarray"):
        tk.plot.agreement({"a": np.eye(3), "b": np.eye(3)})


def test_spectrum_and_gram_take_one_or_several(embeddings):
    one, several = tk.plot.spectrum(embeddings["noise"]), tk.plot.spectrum(embeddings)
    assert len(one.data) == 3
    assert len(several.data) == 19
    assert "of 3<" in drawing(one)
    assert drawing(tk.plot.gram(embeddings)).count("data:image/png") == 3
    with pytest.raises(ParameterError, match="two dimensions or more"):
        tk.plot.gram(tk.Embedding(["a", "b"], [[1], [2]]))
    with pytest.raises(ParameterError, match="no embedding to draw"):
        tk.plot.spectrum({})
    with pytest.raises(UnsupportedError, match="not list"):
        tk.plot.spectrum([embeddings["noise"]])


def test_map_shows_the_plane_of_largest_variance(embeddings):
    figure = tk.plot.map(embeddings[NASTY], named=["3", "7"])
    unit = embeddings[NASTY].unit_vectors.astype(float)
    variances = np.linalg.svd(unit - unit.mean(axis=0), compute_uv=False)[:2] ** 2
    at = figure.data[["first component", "second component"]].to_numpy()
    np.testing.assert_allclose(np.square(at).sum(axis=0), len(at) * variances / variances.sum(), rtol=1e-6)
    assert (at[np.abs(at).argmax(axis=0), [0, 1]] > 0).all()
    svg = drawing(figure)
    assert ">3<" in svg
    assert ">7<" in svg
    assert ">8<" not in svg
    with pytest.raises(UnknownNameError, match="unknown item 'x'"):
        tk.plot.map(embeddings[NASTY], named=["x"])
    with pytest.raises(UnsupportedError, match="not dict"):
        tk.plot.map(embeddings)
    with pytest.raises(ParameterError, match="at least 3 keys"):
        tk.plot.map(tk.Embedding(list("ab"), [[1, 0], [0, 1]]))


def test_map_of_many_keys_shows_the_first_and_the_named():
    rng = np.random.default_rng(0)
    figure = tk.plot.map(tk.Embedding(range(2500), rng.normal(size=(2500, 3))), named=["2400"])
    assert len(figure.data) == 2001
    assert figure.data["key"].iloc[-1] == "2400"
    assert figure.figure.title.startswith("2,001 of 2,500 words")
    assert ">2400<" in drawing(figure)


def test_a_score_table_shows_its_numbers_and_notes():
    frame = pd.DataFrame(
        {"user": range(30), "item": [i % 6 for i in range(30)], "rating": [1 + i % 5 for i in range(30)]}
    )
    scores = tk.evaluate(tk.make_embedder("pca", embedding_dim=2), tk.Ratings.from_frame(frame), ["rating-prediction"])
    text = shown(scores.assign(note=NASTY))
    assert f"<td>{scores['value'].dropna().iloc[0]:.6f}</td>" in text
    assert NASTY not in text


def test_importing_the_toolkit_loads_no_plots():
    code = "import toolkit, sys; assert not {'altair', 'toolkit.report', 'IPython'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
