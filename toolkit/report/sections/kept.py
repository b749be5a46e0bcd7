"""What the sections on vectors share: the methods whose vectors a run kept, and the words for what these describe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.report.model import Results
from toolkit.report.sections.common import best_rows
from toolkit.report.tables import Leaderboard
from toolkit.report.tested import plain_name
from toolkit.report.vectors import Learned, entities, learned

MAIN = ("item", "word", "person")  # what data sets are about; the other entities come after these


def kept_vectors(boards: Sequence[Leaderboard], results: Results) -> Iterator[tuple[str, tuple[Learned, ...]]]:
    """Yield each entity of an experiment with the vectors that its methods learned, the main entity first.

    Of a method with default and with tuned parameters, that counts which is better on the first leaderboard.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of one experiment.
    results : Results
        Of one experiment.

    Yields
    ------
    entity, methods : str, tuple of Learned
    """
    order = best_rows(boards[0])["embedder"].tolist() if boards else []
    names = entities(results)
    for entity in sorted(names, key=lambda name: (name not in MAIN, name)):
        found = learned(results, boards, entity)
        ranked = sorted(found, key=lambda each: order.index(each.label) if each.label in order else len(order))
        better = {plain_name(each.label): each.label for each in reversed(ranked)}
        yield entity, tuple(each for each in found if better[plain_name(each.label)] == each.label)


def plural(entity: str) -> str:
    """Return what several things of an entity are called.

    Examples
    --------
    >>> plural("item"), plural("person")
    ('items', 'people')
    """
    return {"person": "people"}.get(entity, f"{entity}s")
