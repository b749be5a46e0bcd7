"""Comparisons of a run: by hand, on scores whose differences are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from toolkit.comparing import boards_of, compare_board, rank_table
from toolkit.comparing.boards import gather
from toolkit.tasks import Units, unit_files, write_units

USERS = [f"u{i:02d}" for i in range(60)]
BASE = np.random.default_rng(0).uniform(0.2, 0.6, len(USERS))


def table(rows: list[dict[str, object]], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


class Made:
    """A run of one task, made by hand."""

    def __init__(self, folder: Path, task: str = "ranking", metric: str = "ndcg@10") -> None:
        self.folder, self.task, self.metric = folder, task, metric
        self.trials: list[dict[str, object]] = []
        self.scores: list[dict[str, object]] = []

    def add(
        self,
        embedder: str,
        values: np.ndarray,
        *,
        dim: float = 8,
        fold: str = "u1",
        seed: str = "0",
        readout: str = "native",
        users: list[str] = USERS,
        target: str = "",
    ) -> None:
        trial = f"films-{len(self.trials) + 1:03d}"
        common = {"experiment": "films", "split": "canonical", "fold": fold, "seed": seed, "embedder": embedder}
        common |= {"embedding_dim": dim, "trial": trial}
        self.trials.append(common)
        score = {"task": self.task, "target": target, "readout": readout, "metric": self.metric, "variant": ""}
        self.scores.append({**common, **score, "value": float(np.mean(values))})
        cases = pd.DataFrame({"user": pd.Categorical(users), "user_count": np.arange(len(users))})
        units = Units(self.task, "item", target, readout, cases, pd.DataFrame({self.metric: values}))
        write_units([units], self.folder / trial)

    def boards(self) -> list:
        return boards_of(pd.DataFrame(self.trials), pd.DataFrame(self.scores), self.folder)

    def rows(self, name: str) -> pd.DataFrame:
        return pd.concat([pd.DataFrame(compare_board(board)[name]) for board in self.boards()], ignore_index=True)


def test_a_difference_that_is_there_and_one_that_is_not(tmp_path: Path, rng: np.random.Generator) -> None:
    made = Made(tmp_path)
    noise = rng.normal(0, 0.05, (2, len(USERS)))
    made.add("good", BASE + 0.1 + noise[0])
    made.add("plain", BASE)
    made.add("like plain", BASE + noise[1] - noise[1].mean())
    found = made.rows("differences").set_index(["first", "second"])
    assert list(found.index) == [("good", "like plain"), ("good", "plain"), ("like plain", "plain")]
    assert found["difference"].tolist() == pytest.approx([0.1 + noise[0].mean()] * 2 + [0], abs=1e-12)
    assert (found["p_holm"][:2] < 0.01).all()
    assert found["p"].iloc[2] == pytest.approx(1, abs=0.01)
    assert (found["low"] <= found["difference"]).all()
    assert (found["difference"] <= found["high"]).all()
    assert set(found["first_dim"]) == {8}
    intervals = made.rows("intervals").set_index("embedder")
    assert intervals.loc["plain", "value"] == pytest.approx(BASE.mean(), abs=1e-15)
    assert (intervals["unit"] + intervals["n"].astype(str)).tolist() == ["user60"] * 3


def test_a_difference_without_spread_has_no_effect_size(tmp_path: Path) -> None:
    made = Made(tmp_path)
    made.add("a", BASE + 0.25)
    made.add("b", BASE)
    (found,) = made.rows("differences").to_dict("records")
    assert found["effect"] is None
    assert found["p"] < 0.01


def test_means_are_over_folds_and_seeds_and_users_are_drawn_in_all(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for fold, shift in (("u1", 0.0), ("u2", 0.2)):
        for seed in ("0", "1"):
            made.add("a", BASE + shift + 0.1 * int(seed), fold=fold, seed=seed)
        made.add("b", BASE + shift, fold=fold)
        made.add("half", BASE, fold="u1") if fold == "u1" else None
    intervals = made.rows("intervals").set_index("embedder")
    assert list(intervals.index) == ["a", "b"]  # one that lacks a fold is not compared
    assert intervals["value"].tolist() == pytest.approx([BASE.mean() + 0.15, BASE.mean() + 0.1])
    # folds hold the same users, so that two of them say no more about users than one
    alone = Made(tmp_path / "alone")
    alone.folder.mkdir()
    alone.add("b", BASE)
    width = alone.rows("intervals").loc[0, ["low", "high"]]
    assert intervals.loc["b", "high"] - intervals.loc["b", "low"] == pytest.approx(
        width["high"] - width["low"], rel=1e-9
    )


def test_folds_without_a_unit_in_common_are_one_sample(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for fold, users in (("1", slice(0, 40)), ("2", slice(40, 60))):
        made.add("a", BASE[users], fold=fold, users=USERS[users])
    (board,), (entries,) = made.boards(), gather(made.boards()[0]).values()
    assert board.metric == "ndcg@10"
    ((sample,),) = entries.values()
    assert sample.units.tolist() == USERS
    assert sample.value == pytest.approx(BASE.mean())


def test_folds_are_pooled_for_all_entries_or_for_none(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for fold, users in (("1", slice(0, 40)), ("2", slice(40, 60))):
        made.add("a", BASE[users], fold=fold, users=USERS[users])
        made.add("b", BASE[users] / 2, fold=fold, users=USERS[users])
    made.add("b", BASE[:41] / 2, fold="2", users=USERS[:41], seed="1")
    made.add("b", BASE[:40] / 2, fold="1", users=USERS[:40], seed="1")
    (entries,) = gather(made.boards()[0]).values()
    assert {len(parts) for entry, parts in entries.items() if entry.embedder == "a"} == {2}
    assert made.rows("differences")["difference"].notna().all()


def test_units_of_a_trial_whose_name_begins_like_anothers(tmp_path: Path) -> None:
    made = Made(tmp_path)
    made.add("a", BASE)
    other = tmp_path / "films-001.x-001.1.arrow"
    other.write_bytes((tmp_path / "films-001.1.arrow").read_bytes())
    (entries,) = gather(made.boards()[0]).values()
    assert [len(parts) for parts in entries.values()] == [1]
    assert [path.name for path in unit_files(tmp_path, "films-001")] == ["films-001.1.arrow"]


def test_a_stratum_that_one_fold_lacks(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for name in ("a", "b"):
        made.add(name, BASE, fold="1")
        made.add(name, BASE[:15] + 0.1, fold="2", users=USERS[:15])  # of few items only
    strata = made.rows("strata").set_index(["embedder", "stratum"])
    assert sorted(strata.index) == [(name, stratum) for name in "ab" for stratum in (1, 2, 3)]
    assert strata.loc[("a", 3), "value"] == pytest.approx(BASE[strata.loc[("a", 3), "least"].astype(int) :].mean())


def test_each_readout_at_the_dimension_that_is_best(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for dim, gain in ((8, 0.0), (16, 0.2), (32, 0.1)):
        made.add("a", BASE + gain, dim=dim)
        made.add("a", BASE - gain, dim=dim, readout="cosine")
    made.add("bias", BASE, dim=1, readout="bias")  # says nothing of any vectors
    found = made.rows("differences")
    assert found[["first_dim", "first_readout", "second_dim", "second_readout"]].values.tolist() == [
        [16, "native", 8, "cosine"]
    ]
    assert len(made.rows("intervals")) == 6
    assert made.rows("strata")[["embedder", "embedding_dim", "readout"]].drop_duplicates().values.tolist() == [
        ["a", 16, "native"]
    ]


def test_several_dimensions_in_one_row(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for fold in ("u1", "u2"):
        made.add("a (tuned)", BASE + 0.1, dim=np.nan, fold=fold)
        made.add("a", BASE, fold=fold)
    assert made.rows("intervals")["embedding_dim"].isna().tolist() == [True, False]
    assert made.rows("differences")["first_dim"].isna().tolist() == [True]
    ranks = pd.DataFrame(rank_table(pd.DataFrame(made.scores)))
    assert ranks["embedding_dim"].isna().tolist() == [True, False]
    assert ranks["rank"].tolist() == [1, 2]


def test_strata_are_thirds_of_the_cases(tmp_path: Path) -> None:
    made = Made(tmp_path)
    made.add("a", BASE)
    made.add("b", BASE / 2)
    strata = made.rows("strata")
    assert strata["trait"].unique().tolist() == ["user_count"]
    of_a = strata[strata["embedder"] == "a"]
    assert of_a[["stratum", "least", "most", "n"]].values.tolist() == [[1, 0, 19, 20], [2, 20, 39, 20], [3, 40, 59, 20]]
    assert of_a["value"].tolist() == pytest.approx([BASE[i : i + 20].mean() for i in (0, 20, 40)])


def test_ranks_over_folds_and_over_data_sets(tmp_path: Path) -> None:
    made = Made(tmp_path)
    for fold, gains in (("u1", (0.2, 0.1, 0)), ("u2", (0.1, 0.2, 0)), ("u3", (0.2, 0.1, 0))):
        for name, gain in zip("abc", gains, strict=True):
            made.add(name, BASE + gain, fold=fold)
            made.add(name, BASE + gain, fold=fold, dim=4) if name == "c" else None
    ranks = pd.DataFrame(rank_table(pd.DataFrame(made.scores))).set_index("embedder")
    assert ranks["rank"].to_dict() == pytest.approx({"a": 4 / 3, "b": 5 / 3, "c": 3})
    assert set(ranks["over"]) == {"folds"}
    assert set(ranks["blocks"]) == set(ranks["entries"]) == {3}
    words = Made(tmp_path / "words", "word-similarity", "spearman")
    words.folder.mkdir()
    for target in ("one", "two"):
        for name, value in (("a", 0.5), ("b", 0.4)):
            words.add(name, np.full(60, value), target=target, readout="cosine")
    ranks = pd.DataFrame(rank_table(pd.DataFrame(words.scores)))
    assert ranks[["over", "embedder", "rank"]].values.tolist() == [["data sets", "a", 1], ["data sets", "b", 2]]


def test_attributes_are_no_data_sets(tmp_path: Path) -> None:
    made = Made(tmp_path, "item-similarity", "precision@10")
    for target in ("genres", "studios"):
        for name in "ab":
            made.add(name, BASE, target=target, readout="cosine")
    assert rank_table(pd.DataFrame(made.scores)) == []


def test_tasks_without_units_have_no_board(tmp_path: Path) -> None:
    made = Made(tmp_path, "attribute-probe", "probe_accuracy")
    made.add("a", BASE)
    assert made.boards() == []
