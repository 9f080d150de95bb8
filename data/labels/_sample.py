"""From the draws in a table of labels to what was looked at of that which was not proposed."""

from __future__ import annotations

from collections import defaultdict
from itertools import takewhile

from .._dataset import ME
from .._names import as_text
from .._proposal import Proposal, Stratum
from ._draw import TOGETHER
from ._label import Label, Labels


def proposal_of(labels: Labels) -> Proposal | None:
    """Return where labels come from; None for a table without draws.

    In each stratum the sample goes as far as everything was decided by somebody who saw it. A face of me that turned up
    beyond is known, and is no longer of the stratum.
    """
    strata: dict[tuple[str, str, int], dict[int, Label]] = defaultdict(dict)
    for row in labels.rows:
        if row.draw:
            strata[row.draw.extractor, row.draw.stratum, row.draw.size].setdefault(row.draw.rank, row)
    if not strata:
        return None
    mine = {(row.path, row.box) for row in labels.rows if is_me(row)}
    extractors = tuple(dict.fromkeys(name for together, _, _ in strata for name in together.split(TOGETHER)))
    return Proposal(extractors, len(mine), tuple(_stratum(size, rows) for (_, _, size), rows in strata.items()))


def is_me(row: Label) -> bool:
    """Return whether a row confirms me."""
    return row.state == "confirmed" and as_text(row.person.strip()).casefold() == ME


def _stratum(size: int, rows: dict[int, Label]) -> Stratum:
    in_order = (rows.get(rank) for rank in range(1, size + 1))
    sample = [row for row in takewhile(lambda row: row is not None and _looked_at(row), in_order) if row]
    mine = sum(map(is_me, sample))
    beyond = sum(map(is_me, rows.values())) - mine
    return Stratum(size - beyond, len(sample), mine)


def _looked_at(row: Label) -> bool:
    return row.state != "unreviewed" and row.draw is not None and row.draw.seen
