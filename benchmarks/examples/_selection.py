"""Which test photos show what a pairing can do: every error, and the least and most certain of the right ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...errors import counted
from ..results import Prediction

#: So many right photos of a class are shown of the least certain, and as many of the most certain.
EACH = 5


@dataclass(frozen=True)
class Example:
    """What became of a photo of one target in all splits in which it was tested.

    Attributes:
        row: the decision in the split in which it did worst.
        threshold: of that split.
        wrong: in how many splits the decision was wrong.
        tested: in how many splits it was tested.
    """

    row: Prediction
    threshold: float
    wrong: int
    tested: int

    @property
    def certainty(self) -> float:
        """How far the score is from the threshold."""
        return 0.0 if self.row.score is None else abs(self.row.score - self.threshold)

    @property
    def how_often(self) -> str:
        """How often it went wrong, in words; "" if never."""
        return f"wrong in {self.wrong} of {counted(self.tested, 'split')}" if self.wrong else ""


@dataclass(frozen=True)
class Examples:
    """Photos of one kind.

    Attributes:
        title: the kind.
        right: whether these decisions are right.
        count: how many photos there are, and of errors how many decisions they are of.
        photos: how many there are, each counted once for each target.
        parts: a heading ("" for the only part) and what is shown under it; of errors, that is every photo.
    """

    title: str
    right: bool
    count: str
    photos: int
    parts: list[tuple[str, list[Example]]]

    @property
    def shown(self) -> list[Example]:
        """All that is shown, in order."""
        return [example for _, shown in self.parts for example in shown]


def choose_examples(predictions: Iterable[Prediction], thresholds: Mapping[tuple[str, int], float]) -> list[Examples]:
    """Return the examples of each kind: false accepts, false rejects, others without a score, and the other right ones.

    A decision is the more certain the farther its score is from the threshold of its test. An error comes the earlier
    the more certain it was; those without a score come last.

    Args:
        predictions: of one pairing, in all splits.
        thresholds: by target and seed of the split; predictions of other tests are left out.
    """
    rows = [row for row in predictions if (row.target, row.split_seed) in thresholds]
    of_photos: dict[tuple[str, str], list[Prediction]] = defaultdict(list)
    for row in rows:
        of_photos[row.target, row.path].append(row)
    # In an order that does not depend on that of the rows.
    examples = [_example(of_photos[key], thresholds) for key in sorted(of_photos)]
    right = [example for example in examples if not example.wrong]
    kinds = [
        _errors("others taken for me (false accept)", "other", rows, examples),
        _errors("me taken for others (false reject)", "me", rows, examples),
        _unscored(right),
        *_by_certainty(right),
    ]
    return [kind for kind in kinds if kind.shown or not kind.right]


def _example(rows: list[Prediction], thresholds: Mapping[tuple[str, int], float]) -> Example:
    def badness(row: Prediction) -> tuple[bool, float, int]:
        beyond = 0.0 if row.score is None else row.score - thresholds[row.target, row.split_seed]
        return row.decision != row.truth, -beyond if row.truth == "me" else beyond, -row.split_seed

    worst = max(rows, key=badness)
    wrong = sum(row.decision != row.truth for row in rows)
    return Example(worst, thresholds[worst.target, worst.split_seed], wrong, len(rows))


def _errors(title: str, truth: str, rows: list[Prediction], examples: list[Example]) -> Examples:
    of_class = [row for row in rows if row.truth == truth]
    decisions = f"{sum(row.decision != truth for row in of_class)} of {counted(len(of_class), 'decision')}"
    found = [example for example in examples if example.wrong and example.row.truth == truth]
    found.sort(key=lambda example: (example.row.score is None, -example.certainty))
    without = [example for example in found if example.row.score is None]
    count = f"{counted(len(found), 'photo')}, {decisions}" if found else decisions
    if without:
        count += f"; {counted(len(without), 'photo')} {_without(without)}"
    return Examples(title, False, count, len(found), [("", found)])


def _unscored(right: list[Example]) -> Examples:
    found = [example for example in right if example.row.score is None]
    shown = _distinct(found, 2 * EACH, set())
    return Examples(
        f"others {_without(found)}, so not me: right", True, _photos(shown, found), len(found), [("", shown)]
    )


def _by_certainty(right: list[Example]) -> list[Examples]:
    """Return the least and the most certain right ones, of the target and of others each."""
    scored = sorted((example for example in right if example.row.score is not None), key=lambda e: e.certainty)
    least, most = [], []
    for heading, truth in (("me", "me"), ("others", "other")):
        of_class, seen = [example for example in scored if example.row.truth == truth], set[str]()
        least.append((heading, _distinct(of_class, EACH, seen)))
        most.append((heading, _distinct(reversed(of_class), EACH, seen)))
    titles = {"right, the least certain": least, "right, the most certain": most}
    return [
        Examples(title, True, _photos([e for _, shown in parts for e in shown], scored), len(scored), parts)
        for title, parts in ((title, [part for part in parts if part[1]]) for title, parts in titles.items())
    ]


def _without(examples: list[Example]) -> str:
    """Return what the photos lack; a plug-in may have other reasons than that there is no face."""
    return "without a face" if {example.row.outcome for example in examples} <= {"no_face"} else "without a score"


def _photos(shown: list[Example], found: list[Example]) -> str:
    return f"{len(shown)} of {counted(len(found), 'photo')} shown"


def _distinct(examples: Iterable[Example], count: int, seen: set[str]) -> list[Example]:
    """Return the first ones, `count` at most, of photos that were not seen yet; they are now."""
    taken: list[Example] = []
    for example in examples:
        if len(taken) < count and example.row.sha256 not in seen:
            seen.add(example.row.sha256)
            taken.append(example)
    return taken
