"""The verdict on a table: whether its best row can be trusted, from the audits of all its runs."""

from __future__ import annotations

from collections.abc import Sequence

from ..results import Shortcut, Verdict
from ..statistics import Audit, check_shortcuts, verdict_of
from ._columns import cell_of
from ._row import Row, comparable


def judge(rows: Sequence[Row]) -> tuple[Verdict | None, list[Shortcut]]:
    """Return the verdict on rows that were tested on the same photos, and what their audits found.

    Audits are compared with the best row of all runs. Of a single run, or where predictions are missing, what runs
    found themselves is taken.
    """
    competing = [row for row in rows if row.competes]
    best = best_of(competing)
    audits = [row for row in rows if _is_audit(row)]
    results = {row.run: row.result for row in rows}
    judged_itself = len(results) == 1 and next(iter(results.values())).verdict is not None
    if best and not judged_itself and all(row.predictions for row in (best, *audits)):
        judged = [Audit(row.pairing, row.extraction.card, row.predictions) for row in audits if row.extraction]
        shortcuts = check_shortcuts(judged, best.predictions)
    else:
        shortcuts = [shortcut for result in results.values() for shortcut in result.shortcuts]
    return verdict_of([row.pairing for row in competing], shortcuts), shortcuts


def best_of(rows: Sequence[Row]) -> Row | None:
    """Return the comparable row with the best balanced accuracy; None without a row that was tested."""
    tested = comparable([row for row in rows if row.pairing.targets])
    return max(tested, key=lambda row: cell_of(row, "balanced").value or 0.0, default=None)


def best_of_each(rows: Sequence[Row]) -> list[Row]:
    """Return the best row of each extractor, of those that compete, in their order."""
    competing = [row for row in rows if row.competes]
    names = dict.fromkeys(row.pairing.extractor for row in competing)
    best = [best_of([row for row in competing if row.pairing.extractor == name]) for name in names]
    return [row for row in best if row]


def _is_audit(row: Row) -> bool:
    """Return whether a row is an audit that is judged: its run judged it, or is older than that."""
    pairing = row.pairing
    if any((found.extractor, found.head) == (pairing.extractor, pairing.head) for found in row.result.shortcuts):
        return True
    return pairing.audit and row.extraction is not None and bool(row.extraction.card.get("audit"))
