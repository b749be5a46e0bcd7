"""What is said of the calibration: other numbers give other sentences."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest

from toolkit.report.answers import WRITERS
from toolkit.report.parts import Answer

UNITS = {"rankings": "users", "word pairs": "pairs"}


def with_ends(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    ends = {f"{name}_{end}": frame[name] + step for name in names for end, step in (("low", -0.006), ("high", 0.006))}
    return frame.assign(**ends)


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    null = pd.DataFrame(list(product(UNITS, [True, False], [50, 200])), columns=["scores", "alike", "n"])
    null = null.assign(permutation=0.05, bootstrap=0.07, coverage=0.94)
    null.loc[0, ["permutation", "coverage"]] = 0.03, 0.91
    many = pd.DataFrame(list(product(["rankings"], [5, 16], [0.0, 1.0])), columns=["scores", "entries", "ahead"])
    many = many.assign(n=200, wrong=[0.04, 0.03, 0.03, 0.02], dropped=[0.01, 0.0012, 0.002, 0.0])
    power = pd.DataFrame(list(product(UNITS, [50, 200], [1.0, 3.0])), columns=["scores", "n", "effect"])
    power = power.assign(difference=power["effect"] / power["n"], found=power["effect"].map({1.0: 0.17, 3.0: 0.84}))
    made = {
        "null": with_ends(null, "permutation", "bootstrap", "coverage"),
        "tables": with_ends(many, "wrong", "dropped"),
        "power": with_ends(power, "found"),
    }
    return {
        name: frame.assign(unit=frame["scores"].map(UNITS), statistic="mean", simulations=5400)
        for name, frame in made.items()
    }


def written(tables: dict[str, pd.DataFrame]) -> Answer:
    return WRITERS["calibration"](tables, "q", "Can they be relied on?")


def test_a_test_that_holds_its_level(tables: dict[str, pd.DataFrame]) -> None:
    verdict, small, intervals, families, power, sizes = written(tables).sentences
    assert verdict.startswith("Yes: ")
    assert "in 5 % of all cases, and with 200 units or more it does so in 5.0 % of the simulations" in verdict
    assert small.startswith(
        "With 50 units it does so in 3.0 to 5.0 %; it is off by more than one percentage point for rankings"
    )
    assert small.endswith(" (3.0 %, 95 % interval 2.4 to 3.6).")
    assert "in 7.0 % of the cases with 200 units or more" in intervals
    assert intervals.endswith("holds the true one in 94.0 %, with 50 units in 91.0 to 94.0 %.")
    assert "of 5 equal methods any two are told apart in 4.0 % of the tables and of 16 equal" in families
    assert "at most 0.12 %" in families
    assert "1 (17 %); 3 (84 %)" in power
    assert sizes == "With 200 units three standard errors are 0.0150 for rankings and 0.0150 for word pairs."


def test_a_test_that_does_not(tables: dict[str, pd.DataFrame]) -> None:
    tables["null"].loc[7, ["permutation", "permutation_low", "permutation_high"]] = 0.08, 0.074, 0.086
    verdict = written(tables).sentences[0]
    assert verdict.startswith("Not everywhere: ")
    assert "5.0 to 8.0 %" in verdict
    assert verdict.endswith("for word pairs, 200 pairs, unlike (8.0 %, 95 % interval 7.4 to 8.6).")
    tables["null"].loc[7, "permutation"] = 0.06
    assert written(tables).sentences[0].startswith("Yes: ")


def test_nothing_large_was_simulated(tables: dict[str, pd.DataFrame]) -> None:
    tables["null"] = tables["null"][tables["null"]["n"] == 50]
    assert written(tables).sentences[0] == "Nothing was simulated with 200 units or more."


def test_figures_and_tables(tables: dict[str, pd.DataFrame]) -> None:
    found = written(tables)
    for figure in found.figures:
        assert figure.draw(700).to_dict()
    null, many, power = found.tables
    assert len(null.rows) == len(tables["null"])
    assert [cell.text for cell in null.rows[0].cells][-3:] == ["3.0 [2.4, 3.6]", "7.0 [6.4, 7.6]", "91.0 [90.4, 91.6]"]
    assert [cell.text for cell in many.rows[0].cells][:4] == ["rankings", "200", "5", "0"]
    assert [cell.text for cell in power.rows[0].cells][-2:] == ["0.0200", "17.0 [16.4, 17.6]"]
