"""The share of me that proposals have missed: its interval against an exact one, and how often it holds the truth.

`pytest -m "slow or not slow" -n 0 -s` prints the table of docs/find.md.
"""

from functools import cache
from math import comb

import numpy as np
import pytest
from facebench.data import Proposal, Stratum
from facebench.data.labels import MOST_MISSED, missed_share
from hypothesis import given
from hypothesis import strategies as st

FOUND = 246  # faces of me that were proposed and confirmed
ALBUMS = [(20, 80, 300, 5), (49, 196, 734, 30), (500, 2000, 7500, 1300)]
MISSED = [
    (0, 0, 0, 0),
    (1, 0, 0, 0),
    (2, 2, 2, 0),
    (0, 0, 4, 0),
    (10, 5, 5, 2),
    (0, 0, 20, 2),
    (0, 3, 12, 0),
    (0, 0, 60, 0),
    (20, 30, 40, 5),
]
ALBUMS_DRAWN = 600


@st.composite
def strata(draw: st.DrawFn) -> Stratum:
    size = draw(st.integers(1, 60))
    looked = draw(st.integers(0, size))
    return Stratum(size, looked, draw(st.integers(0, looked)))


@given(st.lists(strata(), max_size=4), st.integers(0, 300))
def test_the_limits_enclose_the_share_and_are_shares(found: list[Stratum], mine: int) -> None:
    mine = max(mine, sum(stratum.mine for stratum in found))
    share = missed_share(Proposal(("sface",), mine, tuple(found)))
    assert 0 <= share.low <= share.value <= share.high <= 1
    if not any(stratum.mine for stratum in found):
        assert share.low == share.value == 0
    if all(stratum.looked == stratum.size for stratum in found):
        assert share.high == 0


@given(strata().filter(lambda stratum: 0 < stratum.looked < stratum.size))
def test_of_one_stratum_they_are_the_exact_ones(stratum: Stratum) -> None:
    size, looked, mine = stratum.size, stratum.looked, stratum.mine

    def probability(seen: int, total: int) -> float:
        return comb(total, seen) * comb(size - total, looked - seen) / comb(size, looked)

    def possible(total: int) -> bool:
        half = probability(mine, total) / 2
        fewer = half + sum(probability(seen, total) for seen in range(mine))
        more = half + sum(probability(seen, total) for seen in range(mine + 1, looked + 1))
        return min(fewer, more) > 0.025 + 1e-9

    missed = [total - mine for total in range(mine, size - looked + mine + 1) if possible(total)]
    share = missed_share(Proposal(("sface",), 100, (stratum,)))
    expected = (size - looked) * mine / looked
    assert share.value == pytest.approx(expected / (100 + expected))
    assert share.high == pytest.approx(max(missed[-1], expected) / (100 + max(missed[-1], expected)), abs=1e-9)
    assert share.low == pytest.approx(min(missed[0], expected) / (100 + min(missed[0], expected)), abs=1e-9)


@pytest.mark.parametrize("looked", [30, 100, 300])
@pytest.mark.parametrize("sizes", [ALBUMS[0], *(pytest.param(sizes, marks=pytest.mark.slow) for sizes in ALBUMS[1:])])
def test_the_interval_holds_the_truth(sizes: tuple[int, ...], looked: int) -> None:
    # As the page draws: small strata come sooner than their share.
    turns = sorted(((rank - 0.5) / size**0.5, part) for part, size in enumerate(sizes) for rank in range(1, size + 1))
    drawn = np.bincount([part for _, part in turns[:looked]], minlength=len(sizes)).tolist()
    rng = np.random.default_rng(0)

    @cache
    def limits(seen: tuple[int, ...]) -> tuple[float, float]:
        made = tuple(Stratum(*of) for of in zip(sizes, drawn, seen, strict=True))
        share = missed_share(Proposal(("sface",), FOUND + sum(seen), made))
        return share.low, share.high

    for missed in MISSED:
        held = 0
        for _ in range(ALBUMS_DRAWN):
            seen = [
                int(rng.hypergeometric(of_me, size - of_me, count))
                for of_me, size, count in zip(missed, sizes, drawn, strict=True)
            ]
            low, high = limits(tuple(seen))
            left = sum(missed) - sum(seen)
            held += low - 1e-9 <= left / (FOUND + sum(missed)) <= high + 1e-9
        coverage = held / ALBUMS_DRAWN
        print(f"| {' + '.join(map(str, sizes))} | {looked} | {' + '.join(map(str, missed))} | {coverage:.3f} |")
        assert coverage >= 0.92, missed


def test_enough_is_known_once_enough_was_looked_at() -> None:
    few, enough = (missed_share(Proposal(("sface",), 246, (Stratum(1000, count, 0),))).high for count in (100, 240))
    assert few > MOST_MISSED >= enough
