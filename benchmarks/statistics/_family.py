"""All rows of a table, compared at once: differences of all pairs, with p-values adjusted for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from ..results import Prediction
from ._difference import Compared, Difference, compare_samples
from ._samples import Sample, by_target, common_samples
from ._significance import max_t

#: Rows by their places, the first before the second.
Pair = tuple[int, int]


def compare_rows(rows: Sequence[Sequence[Prediction]]) -> dict[Pair, Difference]:
    """Return how every two of several pairings differ, the first minus the second, by their places.

    Pairs without photos that both were tested on are left out. Each p-value is adjusted for all pairs that are there.
    """
    tested = list(map(by_target, rows))
    pairs = combinations(range(len(rows)), 2)
    found = {(one, two): compare_samples(common_samples(tested[one], tested[two])) for one, two in pairs}
    return adjust({pair: compared for pair, compared in found.items() if compared is not None})


def compare_tested(rows: Sequence[Mapping[str, Sample]]) -> dict[Pair, Difference]:
    """Return the same of the samples of pairings by target, all of the same tests; `right` may hold shares."""
    found = {}
    for one, two in combinations(range(len(rows)), 2):
        common = {target: (sample, rows[two][target]) for target, sample in rows[one].items() if target in rows[two]}
        found[one, two] = compare_samples(common)
    return adjust({pair: compared for pair, compared in found.items() if compared is not None})


def adjust(compared: dict[Pair, Compared]) -> dict[Pair, Difference]:
    """Return the differences of pairs with p-values adjusted for all pairs (`max_t`); a single one stays as it is."""
    if len(compared) < 2:
        return {pair: of.difference for pair, of in compared.items()}
    names = sorted({name for of in compared.values() for name in of.gains}, key=str)  # whatever the order of rows
    places = {name: place for place, name in enumerate(names)}
    gains = np.zeros((len(compared), len(names)))
    for row, of in zip(gains, compared.values(), strict=True):
        row[[places[name] for name in of.gains]] = list(of.gains.values())
    p_values = max_t(gains, np.array([of.inflation for of in compared.values()]))
    return {
        pair: replace(of.difference, p=max(float(p), of.difference.p or 0.0))  # signs that are drawn come close only
        for (pair, of), p in zip(compared.items(), p_values, strict=True)
    }
