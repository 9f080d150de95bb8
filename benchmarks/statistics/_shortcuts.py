"""Whether a result can be trusted: what audits found without looking at a face, against the best pairing.

An audit is decisive if the lower limit of its AUC is above .8, and it is shown not to be worse than the best pairing by
5 points of balanced accuracy. The tests of all audits that may be decisive are a family of their own (Holm).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from math import ceil, log
from typing import Literal, NamedTuple

from ...errors import counted
from ..results import Estimate, PairingResult, Prediction, Shortcut, Verdict
from ._difference import Difference, difference
from ._intervals import SPARE_FREEDOM
from ._significance import LEVEL, holm

#: An audit is suspicious from this area under the ROC curve on, at the lower end of its interval.
SUSPICIOUS = 0.8
#: Points of balanced accuracy by which an audit may be worse than the best pairing and still explain it.
MARGIN = 0.05
#: They only warn: hair, shoulders and clothes are behind and around a face, and are the person too.
WARN_ONLY = ("background", "rim")
#: Independent units of the smaller class with which an AUC of 1 shows more than `SUSPICIOUS`.
UNITS_NEEDED = ceil(log(0.05) / log(SUSPICIOUS))


class Audit(NamedTuple):
    """An audit: its pairing, the card of its extractor as results hold it, and its predictions."""

    pairing: PairingResult
    card: Mapping[str, str | int]
    predictions: Sequence[Prediction]


def check_shortcuts(audits: Sequence[Audit], best: Sequence[Prediction]) -> list[Shortcut]:
    """Return what audits found, in their order; `best` are the predictions of the best pairing on the same photos."""
    tested = [audit for audit in audits if "auc" in audit.pairing.estimates]
    decides = [audit.pairing.extractor not in WARN_ONLY for audit in tested]
    found = [worse_by_margin(difference(audit.predictions, best)) for audit in compress(tested, decides)]
    adjusted = iter(holm(found))
    return [_shortcut(audit, next(adjusted) if may else None) for audit, may in zip(tested, decides, strict=True)]


def worse_by_margin(made: Difference | None, margin: float = MARGIN) -> float:
    """Return the one-sided p-value of the hypothesis that ours is worse than theirs by a margin or more.

    From the standard error of the interval and Student's t with the same degrees of freedom; 1 without an interval.

    >>> round(worse_by_margin(Difference(0.0, -0.04, 0.04, units=200, disagreements=40)), 3)
    0.008
    """
    from scipy.special import stdtr, stdtrit

    if made is None or made.low is None:
        return 1.0
    freedom = made.disagreements + SPARE_FREEDOM
    error = (made.low - made.value) / stdtrit(freedom, 0.025)
    return float(stdtr(freedom, -(made.value + margin) / error))


def _shortcut(audit: Audit, p: float | None) -> Shortcut:
    pairing = audit.pairing
    return Shortcut(
        extractor=pairing.extractor,
        head=pairing.head,
        finding=_finding(pairing.estimates["auc"], p),
        auc=pairing.estimates["auc"],
        p=p,
        advice=str(audit.card.get("advice", "")),
    )


def _finding(auc: Estimate, p: float | None) -> Literal["none", "suspicious", "decisive", "unchecked"]:
    if auc.interval is None:
        return "unchecked"
    if auc.interval.low > SUSPICIOUS:
        return "decisive" if p is not None and p < LEVEL else "suspicious"
    if auc.units < UNITS_NEEDED:  # no AUC would have shown more
        return "suspicious" if auc.value == 1 else "unchecked"
    return "none"


def verdict_of(pairings: Sequence[PairingResult], shortcuts: Sequence[Shortcut]) -> Verdict | None:
    """Return the verdict on the pairings that compete; None where none was tested."""
    figures = [pairing.estimates.get("balanced_accuracy") for pairing in pairings]
    tested = [figure for figure in figures if figure is not None]
    if not tested:
        return None
    lows = [figure.interval.low for figure in tested if figure.interval]
    findings = {shortcut.finding for shortcut in shortcuts}
    if lows and max(lows) <= 0.5:
        return "chance"
    if "decisive" in findings:
        return "shortcut"
    if any(shortcut.finding == "suspicious" and shortcut.p is not None for shortcut in shortcuts):
        return "suspicious"
    return "unchecked" if "unchecked" in findings else "trusted"


def what_tells_apart(shortcuts: Sequence[Shortcut]) -> str:
    """Return in words what the decisive audits found."""
    decisive = [shortcut for shortcut in shortcuts if shortcut.finding == "decisive"]
    return "; ".join(
        f"{_words(shortcut).partition('. ')[0]} (AUC {shortcut.auc.value:.3f}, at least {_least(shortcut):.3f})"
        for shortcut in decisive
    )


def shortcut_warnings(shortcuts: Sequence[Shortcut]) -> list[str]:
    """Return a warning for each audit that does well, and one that names those the test is too small for."""
    warnings = [
        f"Without looking at a face, {shortcut.extractor} x {shortcut.head} reaches an AUC of {shortcut.auc.value:.3f} "
        f"(at least {_least(shortcut):.3f}): {_words(shortcut)} [shortcut]"
        for shortcut in shortcuts
        if shortcut.finding in ("suspicious", "decisive")
    ]
    unchecked = [shortcut for shortcut in shortcuts if shortcut.finding == "unchecked"]
    if not unchecked:
        return warnings
    units = min(shortcut.auc.units for shortcut in unchecked)
    return [
        *warnings,
        f"Whether {' or '.join(shortcut.extractor for shortcut in unchecked)} would tell you apart could not be "
        f"checked: the smaller side of the test has {counted(units, 'independent unit')}, and {UNITS_NEEDED} are "
        "needed. Add photos of other days and of other people [unchecked]",
    ]


def _words(shortcut: Shortcut) -> str:
    return shortcut.advice or f"{shortcut.extractor} alone tells you apart"


def _least(shortcut: Shortcut) -> float:
    return shortcut.auc.interval.low if shortcut.auc.interval else 0.0
