"""What a false accept asks: a photo of the target that counts as somebody else's looks exactly like one."""

from __future__ import annotations

from collections.abc import Iterable

from ...data import ME
from ..results import Prediction


def question_of(row: Prediction) -> str:
    """Return what the tile of a false accept asks whoever knows the target; "" of any other decision.

    Args:
        row: the decision.
    """
    accepted = (row.truth, row.decision) == ("other", "me")
    return f"could this be {_called(row.target)}?" if accepted else ""


def advice_on(rows: Iterable[Prediction]) -> str:
    """Return what to do where the answer is yes, said once for all decisions of a kind; "" where none asks."""
    targets = {row.target for row in rows if question_of(row)}
    if not targets:
        return ""
    whom = _called(targets.pop()) if len(targets) == 1 else "the target"
    return (
        f"A photo of {whom} among those of other people looks just like a false accept: if there is one here, correct "
        "its label or folder, and run again."
    )


def _called(target: str) -> str:
    return "you" if target == ME else target
