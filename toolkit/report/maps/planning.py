"""Which maps a report holds, how many keys each has, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from toolkit.report.maps.content import MOST, Atlas, bytes_a_key, drawable
from toolkit.report.maps.layouts import has_umap
from toolkit.report.maps.still import still
from toolkit.report.model import Results
from toolkit.report.numbers import count
from toolkit.report.parts import Maps
from toolkit.report.sections.common import best_rows
from toolkit.report.tables import Leaderboard
from toolkit.report.vectors import Learned, entities, learned
from toolkit.report.wording import few

ROOM = 3 * 2**20  # bytes for all maps of a report before they are deflated; base64 adds a third
# of all maps together, half a minute; of the main entities alone, and above, of their most frequent keys
UMAP_POINTS = 60_000
FIRST = ("word", "item", "person", "user")  # in this order; others follow
LEFT_OUT = {"context", "relation"}
WHAT = "Each point is one {}; close together lies what a method holds to be alike. {}"
HOW = "PCA is the plane along which the vectors, scaled to length 1, vary most"
UMAP = "; UMAP keeps near neighbours together and distorts what is far apart"
TURNED = (
    "The second map is turned, and mirrored if need be, until the common points lie closest to where the first has "
    "them (orthogonal Procrustes), so that a point that moves has moved."
)
NEAR = "Neighbours are told by the cosine in all dimensions, among the keys shown; in the plane, some lie apart."
PAIR = (
    "Shown first: {}, the best method on the first leaderboard, and {}, of the better half the one whose neighbours "
    "are least like its own."
)


def planned_maps(
    experiments: Mapping[str, tuple[Results, Sequence[Leaderboard]]], anchor: Callable[..., str]
) -> dict[str, Maps]:
    """Return the maps of each experiment that has vectors; they are computed when they are drawn.

    Parameters
    ----------
    experiments : mapping of str to pair of Results and sequence of Leaderboard
        By name, the results of that experiment alone, and its leaderboards.
    anchor : callable
        Makes an identifier of some names, each time another.

    Returns
    -------
    dict of str to Maps
        All together take no more than `ROOM`: where there are too many keys, each map has the same share of its own.
    """
    found = {name: _atlases(name, *about) for name, about in experiments.items()}
    every = [atlas for atlases, _ in found.values() for atlas in atlases]
    wanted = sum(len(atlas.keys) * len(atlas.methods) for atlas in every)
    points = wanted * bytes_a_key()
    share = min(1.0, ROOM / points) if points else 1.0
    main = sum(len(atlases[0].keys) * len(atlases[0].methods) for atlases, _ in found.values() if atlases)
    laid_out = min(1.0, UMAP_POINTS / (share * main)) if main and has_umap() else 0.0
    return {
        name: _maps(
            [_sized(atlas, share, 0 if place else laid_out) for place, atlas in enumerate(atlases)],
            left_out,
            partial(anchor, name),
        )
        for name, (atlases, left_out) in found.items()
        if atlases
    }


def _sized(atlas: Atlas, share: float, laid_out: float) -> Atlas:
    """Return an atlas with the numbers of keys that there is room and time for."""
    most = int(share * min(MOST, len(atlas.all_keys)))
    return replace(atlas, most=most, umap=int(laid_out * most))


def _atlases(experiment: str, results: Results, boards: Sequence[Leaderboard]) -> tuple[list[Atlas], list[str]]:
    """Return the atlas of each entity, and the methods that no map can show."""
    names = [name for name in entities(results) if name not in LEFT_OUT]
    names.sort(key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    atlases, left_out = [], []
    for entity in names:
        every = learned(results, boards, entity)
        methods = drawable(every)
        left_out += [each.label for each in every if each not in methods]
        if methods:
            table = results.entity_table(experiment, entity)
            atlases.append(Atlas(entity, methods, table, _ranks(methods, boards)))
    return atlases, list(dict.fromkeys(left_out))


def _ranks(methods: Sequence[Learned], boards: Sequence[Leaderboard]) -> tuple[int, ...]:
    """Return the methods that learn and stand on the first leaderboard, the best one first."""
    places = {each.label: place for place, each in enumerate(methods) if not each.is_null}
    ranked = best_rows(boards[0])["embedder"].tolist() if boards else []
    return tuple(places[label] for label in ranked if label in places)


def _maps(atlases: Sequence[Atlas], left_out: Sequence[str], anchor: Callable[..., str]) -> Maps:
    name = anchor("map")
    main = atlases[0]
    shown = [main.methods[position].label for position in main.pair]
    sentences = [
        WHAT.format(main.entity, " ".join(map(_size, atlases))),
        f"{HOW}{UMAP if has_umap() else ''}. {TURNED} {NEAR}",
        *([PAIR.format(*shown)] if main.ranks and shown[0] != shown[1] else []),
    ]
    if left_out:
        verb = "has" if len(left_out) == 1 else "have"
        sentences.append(f"Without a map: {few(left_out)}, which {verb} fewer than two dimensions.")
    return Maps(
        name,
        "Map and neighbours",
        tuple(sentences),
        still(main, f"{name}-still"),
        tuple((f"{name}-{atlas.entity}", atlas.entity, atlas.packed) for atlas in atlases),
    )


def _size(atlas: Atlas) -> str:
    """Say how many of how many keys are shown."""
    total, shown = len(atlas.all_keys), len(atlas.keys)
    noun = f"{atlas.entity}s".capitalize()
    which = "the most frequent" if atlas.table is not None else "the first"
    text = f"{noun}: {shown:,}" + (f" of {total:,}, {which}" if shown < total else "")
    if 0 < atlas.umap < shown:
        text += f", by UMAP {atlas.umap:,}"
    return f"{text}; {count(len(atlas.methods), 'method')}."
