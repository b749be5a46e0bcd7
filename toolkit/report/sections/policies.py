"""What becomes of unknown words: how much each policy moves each score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.model import Results
from toolkit.report.numbers import MISSING, rounded, signed, written
from toolkit.report.parts import Column, Fact, Section, Table
from toolkit.report.sections.common import text_row
from toolkit.report.tables import ROW, Leaderboard
from toolkit.report.wording import board_title, row_label

PLAIN = "as in the leaderboard"
VARIANTS = {  # of scores.csv: the heading, and the words in a sentence
    "own vocabulary": ("own words", "judging each method by all the words that it knows"),
    "oov=zero": ("zero", "taking unknown words as zero vectors"),
    "oov=mean": ("mean", "taking unknown words as the mean vector"),
}
NOTE = (
    "In the leaderboard, what has an unknown word is skipped. Own words: skipped only where the method itself does not "
    "know a word. Zero, mean: nothing is skipped; an unknown word has the zero vector, or the mean of all vectors."
)


def policy_section(boards: Sequence[Leaderboard], results: Results, anchor: str) -> Section | None:
    """Return how much each policy for unknown words moves each score.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of one experiment.
    results : Results
        Of which the column variant of the scores says which policy was followed.
    anchor : str
        Identifier of the section.

    Returns
    -------
    Section or None
        None where no word is unknown, or the policies were not tried.
    """
    found = [
        (board_title(board, results), board, rows)
        for board in boards
        if len(rows := policy_rows(board, results.scores))
    ]
    if not found:
        return None
    return Section(
        anchor,
        "Unknown words: what each policy does",
        tuple(sentence for title, board, rows in found for sentence in _sentences(title, board, rows)),
        facts=(Fact("Policies", NOTE),),
        tables=tuple(_table(*parts, f"{anchor}-table-{i}") for i, parts in enumerate(found, 1)),
    )


def policy_rows(board: Leaderboard, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the main metric under each policy; no row where nothing is unknown to anyone.

    Returns
    -------
    pandas.DataFrame
        Columns embedder, embedding_dim, readout, label, is_null, unknown (percent; nan where that is not told), plain,
        and a column a policy that was tried, in the order of the leaderboard.
    """
    same = [scores[name] == getattr(board, name) for name in ("experiment", "task", "target", "split")]
    here = scores[same[0] & same[1] & same[2] & same[3] & scores["value"].notna()]
    tried = [name for name in VARIANTS if name in set(here["variant"])]
    if not tried:
        return pd.DataFrame()
    keys = [*ROW, "readout"]
    here = here.assign(policy=here["variant"].replace("", "plain"), embedding_dim=here["embedding_dim"].fillna(0.0))
    wide = here[here["metric"] == board.metric].pivot_table("value", keys, "policy", "mean").reset_index()
    wide = wide.reindex(columns=[*keys, "plain", *tried])
    shown = board.main[[*keys, "is_null"]].assign(embedding_dim=board.main["embedding_dim"].fillna(0.0))
    rows = shown.merge(wide, on=keys)
    rows = rows.merge(_unknown(here, keys), on=keys, how="left")
    moves = rows[tried].sub(rows["plain"], axis=0)
    if not (moves.abs() > 0).any(axis=None) and not (rows["unknown"] > 0).any():
        return pd.DataFrame()
    labels = [row_label(*pair, board.varied) for pair in zip(rows["embedder"], rows["embedding_dim"], strict=True)]
    return rows.assign(label=labels)


def _unknown(here: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the percentage of unknown cases of each row, by its own words where they were asked for."""
    oov = here[here["metric"] == "oov"].sort_values(
        "variant", key=lambda names: names != "own vocabulary", kind="stable"
    )
    oov = oov[oov["variant"].isin(["", "own vocabulary"])]
    firsts = oov.groupby(keys, dropna=False)["variant"].transform("first")
    mean = oov[oov["variant"] == firsts].groupby(keys, dropna=False)["value"].mean()
    return mean.rename("unknown").reset_index()


def _sentences(title: str, board: Leaderboard, rows: pd.DataFrame) -> Iterator[str]:
    tried = [name for name in VARIANTS if name in rows]
    long = rows.melt(["label", "is_null", "plain"], tried, "policy", "value")
    long = long[~long["is_null"] & long["value"].notna() & long["plain"].notna()]
    if long.empty:
        return
    moves = (long["value"] - long["plain"]).abs()
    most = long.loc[moves.idxmax()]
    if rounded(board.metric, moves.max()) == 0:
        yield f"{title}: no policy moves a score."
        return
    yield (
        f"{title}: the largest move is that of {most['label']} by {VARIANTS[most['policy']][1]}, from "
        f"{metric_info(board.metric).title} {written(board.metric, most['plain'])} to "
        f"{written(board.metric, most['value'])} ({signed(board.metric, most['value'] - most['plain'])})."
    )


def _table(title: str, board: Leaderboard, rows: pd.DataFrame, anchor: str) -> Table:
    info = metric_info(board.metric)
    tried = [name for name in VARIANTS if name in rows]
    told = rows["unknown"].notna().any()
    columns = [Column("Embedder", kind="text"), *([Column("Unknown (%)", "", "lower")] if told else [])]
    columns += [Column(PLAIN, info.title, info.direction)]
    columns += [Column(VARIANTS[name][0], info.title, info.direction) for name in tried]
    columns += [Column(VARIANTS[name][0], "Move") for name in tried]
    shown = []
    for _, row in rows.iterrows():
        unknown = MISSING if pd.isna(row["unknown"]) else f"{row['unknown']:.1f}"
        texts = [row["label"], *([unknown] if told else [])]
        texts += [written(board.metric, row[name]) for name in ("plain", *tried)]
        texts += [signed(board.metric, row[name] - row["plain"]) for name in tried]
        shown.append(text_row(texts, is_null=row["is_null"]))
    caption = f"{title}: {info.title} under each policy for unknown words."
    return Table(anchor, caption, tuple(columns), tuple(shown))
