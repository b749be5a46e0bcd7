"""The sections in a report: where they stand, and that they hold to the rules of the page."""

from __future__ import annotations

import re

import pytest

from toolkit.report import write_report

TITLES = (
    "What the vectors give, and what the predictor gives",
    "Average ranks",
    "Strata: where the scores come from",
    "Tuning: what was tried, and what it brought",
    "Cost beside quality",
)


@pytest.fixture
def folder(run, rating, nasty):
    """A run with something for every section that ratings have."""
    entry = {"embedding_dim": 8, "readout": "ridge", "metric": "rmse"}
    over = {"experiment": "films", "task": "rating-prediction", "over": "folds", "blocks": 5, "entries": 2}
    candidate = {"experiment": "films", "split": "canonical", "fold": "u1", "state": "ok", "seconds": 1}
    candidate |= {"task": "rating-prediction", "readout": "ridge", "metric": "rmse", "parameters": "{}"}
    for place, label in enumerate((nasty[0], "PCA"), 1):
        run.fit(label, native=0.9 + place / 100, mean=1.2, bias=0.96, ridge=0.9)
        run.fit(f"{label} (tuned)", native=0.92, ridge=0.89)
        ranks = {"rank": place, "friedman_p": 0.01, "critical_difference": 0.5}
        run.compare("ranks", **over, **entry, embedder=label, **ranks)
        for stratum in (1, 2, 3):
            ends = {"least": stratum, "most": stratum, "value": 0.9, "low": 0.8, "high": 1.0, "n": 5}
            row = {"embedder": label, "trait": "item_count", "stratum": stratum, **ends}
            run.compare("strata", **rating, **entry, **row)
            run.compare("tuning", **candidate, embedder=label, number=stratum, value=0.9, chosen=stratum == 2)
    return run.builder.write(run.folder)


def written(folder, ending):
    return write_report(folder, folder.parent / f"report.{ending}").read_text(encoding="utf-8")


def test_sections_stand_after_the_leaderboards_in_their_order(folder):
    for ending, heading in (("html", "<h3>{}</h3>"), ("md", "### {}\n")):
        text = written(folder, ending)
        places = [text.index(heading.format(title)) for title in ("Rating prediction", *TITLES)]
        assert places == sorted(places)
        assert text.count(heading.format("Unknown words: what each policy does")) == 0


def test_identifiers_are_unique_and_figures_have_alternative_texts(folder):
    text = written(folder, "html")
    found = re.findall(r' id="([^"]*)"', text)
    assert len(found) == len(set(found))
    assert set(re.findall(r'href="#([^"]*)"', text)) <= set(found)
    contents = text[text.index("<nav") : text.index("</nav>")]
    assert all(title in contents for title in TITLES)
    sections = text[text.index(TITLES[0], text.index("</nav>")) :]
    assert sections.count("<svg") == sections.count("<desc") >= 10
    assert "<script>" not in text, "those of the page have a type"


def test_tables_of_sections_are_in_the_other_formats(folder):
    markdown, latex = written(folder, "md"), written(folder, "tex")
    for caption in (
        "RMSE under each readout",
        "mean rank by RMSE over folds",
        "by thirds of popularity",
        "what was chosen",
    ):
        assert caption in markdown
        assert caption in latex
    assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")


def test_experiments_with_names_that_look_alike_share_no_identifier(run):
    run.builder.experiment("films-cost", "More", "ml", ["ALS"], ["u1"], ["rating-prediction"])
    for experiment in ("films", "films-cost"):
        for label, value in (("ALS", 0.9), ("PCA", 0.8)):
            trial = run.builder.trial(experiment, label, 8, "canonical", "u1")
            run.builder.score(trial, "rating-prediction", "rmse", value, "ridge")
    text = written(run.builder.write(run.folder), "html")
    found = re.findall(r' id="([^"]*)"', text)
    assert len(found) == len(set(found))


def test_a_run_without_these_tables_has_only_its_costs(run):
    run.fit("ALS", ridge=0.9)
    text = written(run.builder.write(run.folder), "md")
    assert "### Time and memory" in text
    assert not [title for title in TITLES if title in text]
