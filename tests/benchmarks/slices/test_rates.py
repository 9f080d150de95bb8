"""Slices of made-up rows: counts and intervals, what is too small or says the same, and the words about it."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from facebench.benchmarks.results import PhotoProperties, Predictions, Properties, RunPhoto
from facebench.benchmarks.slices import CUTS, Membership, Slices, memberships, slices_of, slices_sentence, slices_text
from facebench.benchmarks.statistics import samples_of
from facebench.benchmarks.statistics._intervals import class_interval, complement
from rich.console import Console

from ...made_up import scored

BLURRED = Membership("sharpness", ("blurred", "sharp"), {f"{n}.jpg": int(n >= 30) for n in range(90)})


def rows(wrong: Sequence[int], **fields: Any) -> Predictions:
    """Return the rows of 90 photos of ann, each a group of its own, of which some are rejected."""
    made = [scored(f"{n}.jpg", "ann", float(n not in wrong), truth="me", group=f"{n}", **fields) for n in range(90)]
    return Predictions.of([*made, *(scored(f"other {n}.jpg", f"p{n}", 0.0, **fields) for n in range(30))])


def rates_of(found: Slices) -> dict[tuple[str, str, str], Any]:
    return {(rate.title, rate.name, rate.kind): rate for rate in found.rates}


def test_a_slice_that_fails_is_told_with_its_counts() -> None:
    [found] = slices_of([rows([*range(12), 80])], [BLURRED])
    blurred = rates_of(found)["sharpness", "blurred", "false rejects"]
    assert (blurred.photos, blurred.wrong, blurred.rest_photos, blurred.rest_wrong) == (30, 12, 60, 1)
    assert blurred.low < blurred.rate == 0.4 < blurred.high
    assert blurred.p < 0.001
    assert slices_sentence([found]) == (
        'e x h fails most on "blurred" (sharpness): it rejects 12 of 30 photos of ann there (40.0 %), and 1 of 60 '
        "elsewhere (1.7 %)."
    )
    assert (found.comparisons, found.targets) == (1, ["ann"])  # both halves ask the same


def test_where_nothing_is_wrong_nothing_is_compared() -> None:
    fails, perfect = rows([*range(12), 80]), rows([], head="perfect")
    alone, (beside, found) = slices_of([fails], [BLURRED]), slices_of([fails, perfect], [BLURRED])
    assert (found.comparisons, rates_of(found)["sharpness", "blurred", "false rejects"].p) == (1, 1)
    assert beside.rates == alone[0].rates  # whose p-values pay for nothing else
    assert slices_sentence([found]) == "Nothing was decided wrongly, so no slice differs from the rest."
    assert "e x perfect, false rejects (photos of ann): none." in str(slices_text([found], "md"))


def test_the_interval_is_that_of_the_shares_of_a_run_with_one_split() -> None:
    made = rows([*range(9)])
    made.column("group")[:30] = [f"burst {n // 2}" for n in range(30)]
    [found] = slices_of([made], [BLURRED])
    expected = complement(class_interval(samples_of(made[:30])["ann"], True))
    blurred = rates_of(found)["sharpness", "blurred", "false rejects"]
    assert (blurred.rate, blurred.low, blurred.high) == pytest.approx(expected)
    assert blurred.units == 15


def test_a_photo_that_is_wrong_in_one_of_two_splits_counts_half() -> None:
    [found] = slices_of([Predictions.joined([rows([0, 1]), rows([1], split_seed=1)])], [BLURRED])
    assert rates_of(found)["sharpness", "blurred", "false rejects"].wrong == 1.5


def test_over_several_targets_a_photo_counts_once_and_its_person_is_the_unit() -> None:
    made = [rows([3, 4]), rows([], target="bob")]
    made[1].column("truth")[:] = ["other"] * 90 + ["me"] * 30  # bob is another
    made[1].column("person")[90:] = ["bob"] * 30
    made[1].column("decision")[:] = ["me"] * 9 + ["other"] * 81 + ["other"] * 10 + ["me"] * 20
    [found] = slices_of([Predictions.joined(made)], [BLURRED])
    assert found.targets == ["ann", "bob"]
    mine, theirs = (rates_of(found)["sharpness", "blurred", kind] for kind in ("false rejects", "false accepts"))
    assert (mine.photos, mine.wrong, mine.units, mine.low) == (30, 2, 1, None)
    assert (theirs.photos, theirs.wrong, theirs.units) == (30, 9, 1)
    assert mine.p == 1  # one person has nobody to exchange with
    assert "photos of the target" in slices_text([found], "md")


def test_small_slices_are_shown_and_count_for_nothing() -> None:
    few = Membership("year", ("2001", "2002", "2003"), {f"{n}.jpg": min(2, n // 5) for n in range(90)})
    [alone], [beside] = slices_of([rows(range(12))], [BLURRED]), slices_of([rows(range(12))], [BLURRED, few])
    assert alone.comparisons == beside.comparisons == 1
    assert [rate.p for rate in beside.rates if rate.title == "year"] == [None] * 3
    text = as_text([beside])
    assert len([line for line in text.splitlines() if line.rstrip().endswith(" < 20")]) == 3
    assert rates_of(beside)["sharpness", "blurred", "false rejects"].p == alone.rates[0].p
    assert slices_sentence(slices_of([rows(range(12))], [few])) == (
        "Too few photos: slices are compared that have 20 test photos of a class, and leave 20."
    )


def test_p_values_are_adjusted_for_slices_and_pairings_and_not_for_what_says_the_same() -> None:
    wrong, other = rows([*range(7), 80]), rows([40, 41], extractor="f")
    by_turns = Membership("turn", ("a", "b"), {f"{n}.jpg": n % 2 for n in range(90)})
    again = Membership("device", ("x", "y"), {f"{n}.jpg": int(n < 30) for n in range(90)})
    [alone], [both, _] = slices_of([wrong], [BLURRED]), slices_of([wrong, other], [BLURRED, by_turns, again])
    assert both.comparisons == 4
    p, adjusted = (rates_of(of)["sharpness", "blurred", "false rejects"].p for of in (alone, both))
    assert adjusted == pytest.approx(4 * p)
    assert rates_of(both)["device", "y", "false rejects"].p == adjusted
    assert slices_sentence([both]).endswith('elsewhere (1.7 %). Also worse than the rest: "y" (device).')


def test_photos_that_are_alike_are_told_in_a_line() -> None:
    [found] = slices_of([rows([3])], [BLURRED, Membership("face", ("no face", "found"), dict.fromkeys(BLURRED.of, 1))])
    assert found.alike == [("false rejects", "face", "found")]
    assert "All photos of ann are alike in face (found)." in as_text([found])
    assert slices_sentence([found]) == "No slice differs significantly from the rest (1 comparison)."


def test_every_form_holds_every_slice() -> None:
    found = slices_of([rows(range(12)), rows([], extractor="f")], [BLURRED])
    records = list(csv.DictReader(io.StringIO(slices_text(found, "csv"))))
    assert [(r["extractor"], r["slice"], r["photos"]) for r in records] == [
        (extractor, name, photos) for extractor in "ef" for name, photos in (("blurred", "30"), ("sharp", "60"))
    ]
    assert json.loads(slices_text(found, "json"))[0]["rates"][0]["wrong"] == 12
    assert "| sharpness | blurred | 30 | 12 | 40.0 (" in slices_text(found, "md")
    for width in (80, 120):
        lines = as_text(found, width).splitlines()
        assert max(map(len, lines)) <= width
        assert any("blurred" in line and "< .001*" in line for line in lines)


def as_text(found: Sequence[Slices], width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO())
    console.print(slices_text(found, "table", width))
    return console.file.getvalue()


def test_photos_are_in_slices_of_what_was_measured_of_their_dates_and_of_ones_own() -> None:
    measured = [
        PhotoProperties.unchecked("a.jpg", 12.2, "Phone", "yunet", 240.0, 0.05, 0.2, -40.0, 0.95),
        PhotoProperties.unchecked("b.jpg", 0.1, "", "yunet", 50.0, 0.25, 0.5, 10.0, 0.75),
        PhotoProperties.unchecked("c.jpg", 3.0, "", "yunet", None, None, None, None, None),
    ]
    photos = [RunPhoto.unchecked(f"{name}.jpg", "0" * 64, 0, taken, 1) for name, taken in (("a", 1e9), ("b", None))]
    found = memberships(Properties(measured, {"glasses": ["yes", "", "no"]}), photos)
    assert {each.title: {path: each.names[at] for path, at in each.of.items()} for each in found} == {
        "face": {"a.jpg": "found", "b.jpg": "found", "c.jpg": "no face"},
        "face size": {"a.jpg": "from 200 px", "b.jpg": "50-100 px"},
        "sharpness": {"a.jpg": "blurred", "b.jpg": "sharp"},
        "brightness": {"a.jpg": "dark", "b.jpg": "medium"},
        "yaw": {"a.jpg": "turned", "b.jpg": "frontal"},
        "detector score": {"a.jpg": "from 0.9", "b.jpg": "under 0.8"},
        "megapixels": {"a.jpg": "from 3", "b.jpg": "under 0.5", "c.jpg": "from 3"},
        "year": {"a.jpg": "2001", "b.jpg": "unknown"},
        "device": {"a.jpg": "Phone", "b.jpg": "unknown", "c.jpg": "unknown"},
        "glasses": {"a.jpg": "yes", "b.jpg": "unknown", "c.jpg": "no"},
    }
    without = [photo.model_copy(update={"detector": "", "megapixels": None}) for photo in measured]
    assert [each.title for each in memberships(Properties(without), photos)] == ["year", "device"]


def test_every_property_has_a_name_more_than_cut_points_which_ascend() -> None:
    for cuts in CUTS.values():
        assert len(cuts.names) == len(cuts.points) + 1
        assert list(cuts.points) == sorted(set(cuts.points))
