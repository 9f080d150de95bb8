"""A table in words: what was tested on what, which pairing is best, and by how much it beats the report's."""

from __future__ import annotations

from statistics import fmean

from ...embeddings import terms_of
from ...errors import counted
from .._settings import REPORT
from ..results import OUT_OF_FOLD, UNTRAINED, Shortcut, TargetResult, Verdict
from ..statistics import Difference, difference, what_tells_apart
from ._columns import cell_of
from ._plain import plain_sentence
from ._row import Row
from ._verdict import best_of

_RULES = {
    "natural": "the head's own",
    "balanced": "best balanced accuracy on validation",
    "accuracy": "best accuracy on validation",
}
_DOUBTS: dict[str | None, str] = {
    "suspicious": "; a shortcut may explain it, see the notes",
    "unchecked": "; whether a shortcut explains it could not be checked",
}


def caption(rows: list[Row]) -> str:
    """Return what the rows were tested on, and how."""
    result = rows[0].result
    data = result.dataset
    if len(result.targets) == 1:
        whom = f"target {result.targets[0]}"
        if evidence := result.evidence.get(result.targets[0]):
            whom += f", {counted(evidence.photos, 'photo')}, {counted(evidence.groups, 'group')}"
    else:
        whom = f"{len(result.targets)} people in turn as the target (means over them, 95 % intervals)"
    people = f", {data.people} people" if data.people > 1 else ""  # with photos of me and others only I am known
    parts = [f"{data.title}: {data.photos} photos{people}", whom]
    tested = [target for row in rows for target in row.pairing.targets]
    if tested:
        mine = _span([target.metrics.photos_of_me for target in tested])
        others = _span([target.metrics.photos_of_others for target in tested])
        parts.append(f"test: {mine} photos of the target, {others} of others")
    settings = result.settings
    if settings.strangers == "equal":
        parts.append("as many photos of others as of the target")
    if settings.split == "official":
        parts.append("others split as the data set's authors did")
    if settings.split == "time":
        parts.append("trained on older photos of the target, tested on newer ones")
    parts += _training({row.result.settings.augment for row in rows if not row.is_majority})
    repeats = settings.repeats_for(len(result.targets))
    if repeats > 1:
        parts.append(f"{repeats} splits each, seeds {settings.seed}-{settings.seed + repeats - 1}")
    else:
        parts.append(f"seed {settings.seed}")
    ruled = [target for row in rows for target in row.pairing.targets if row.pairing.extractor]
    rules = {_rule(target) for target in ruled if target.threshold_rule != UNTRAINED}
    if rules:
        parts.append(f"threshold: {' or '.join(sorted(rules))}")
    return "; ".join(parts)


def _rule(target: TargetResult) -> str:
    if target.threshold_rule == OUT_OF_FOLD:
        return f"best balanced accuracy on training photos left out in turn ({target.threshold_folds} folds)"
    return _RULES.get(target.threshold_rule, target.threshold_rule)


def _training(variants: set[int]) -> list[str]:
    """Return what photos were trained on, by how many variants of each; nothing where there are none."""
    counts = sorted(variants - {0})
    if not counts:
        return []
    each = " or ".join([*map(str, counts[:-1]), counted(counts[-1], "random variant")])
    return [f"trained on {'photos as they are or ' if 0 in variants else ''}{each} of each photo"]


def _span(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low}-{high}"


def sentence(rows: list[Row], verdict: Verdict | None, shortcuts: list[Shortcut]) -> str:
    """Return the verdict in words: what the best pairing does, and which it is; or why none is to be trusted."""
    tested = [row for row in rows if row.pairing.targets and row.competes]
    best = best_of(tested)
    if best is None:
        return ""
    if verdict == "shortcut":
        return f"Not to be trusted: {what_tells_apart(shortcuts)}."
    if verdict == "chance":
        return (
            f"No pairing is shown to be better than chance: the best, {best.title}, has a balanced accuracy of "
            f"{cell_of(best, 'balanced').text} %."
        )
    plain = plain_sentence(best)
    return f"{plain}{'. ' if plain else ''}{_praise(best, tested)}{_DOUBTS.get(verdict, '')}."


def licence_notes(rows: list[Row]) -> list[str]:
    """Return a note for weights that may not be used commercially, or of which that is unknown."""
    found = {row.pairing.extractor: terms_of(row.extraction.card) for row in rows if row.extraction}
    return [
        f"{extractor}: commercial use of its weights is {terms.restriction} ({terms.why}) [licence]"
        for extractor, terms in found.items()
        if terms and terms.restriction
    ]


def _praise(best: Row, tested: list[Row]) -> str:
    """Return which pairing is best, and by how much it and the best that sees faces beat the report's."""
    says = f"Best: {best.title} with a balanced accuracy of {cell_of(best, 'balanced').text} %"
    baseline = _baseline(tested)
    if baseline is None:
        return says
    if baseline is best:
        says += ", the original report's own pairing"
    elif gain := _gain(best, baseline):
        says += f", {gain}"
    faces = [row for row in tested if _sees_faces(row)]
    best_face = best_of(faces)
    if best_face and best not in faces and (gain := _gain(best_face, baseline)):
        says += f"; {best_face.title}, the best with faces, {gain}"
    return says


def _sees_faces(row: Row) -> bool:
    seen = row.extraction.card.get("view") if row.extraction else ""
    return seen == "face" or _name(row.pairing.extractor) == "face_recognition"


def _baseline(rows: list[Row]) -> Row | None:
    """Return the original report's pairing, or else one of the same extractor and head with other parameters."""
    names = tuple(map(_name, REPORT))
    alike = [row for row in rows if (_name(row.pairing.extractor), _name(row.pairing.head)) == names]
    exact = [row for row in alike if (row.pairing.extractor, row.pairing.head) == REPORT]
    return next(iter([*exact, *alike]), None)


def _name(call: str) -> str:
    return call.split("(", maxsplit=1)[0]


def _gain(ours: Row, theirs: Row) -> str:
    """Return by how much a row beats another, in words; "" where no target was tested with both."""
    before, after = (
        {target.target: target.metrics.balanced_accuracy for target in row.pairing.targets} for row in (theirs, ours)
    )
    common = before.keys() & after.keys()
    if not common:
        return ""
    gain = difference(ours.predictions, theirs.predictions) or Difference(
        fmean(after[target] - before[target] for target in common)
    )
    over = f" over the {len(common)} people tested with both" if len(common) < len(ours.result.targets) else ""
    return f"{gain} against {theirs.title}{over}"
