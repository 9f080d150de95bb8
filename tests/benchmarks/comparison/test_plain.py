"""The verdict in plain words: counted over all splits, each photo and each stranger once."""

from collections.abc import Callable
from typing import Any

import pytest
from facebench.benchmarks.comparison import compare_runs
from facebench.benchmarks.results import Estimate, Interval, Prediction, ProposalResult, RunResult, Shortcut
from hypothesis import given
from hypothesis import strategies as st

PAIRING = ("sface", "svm")
OTHER = ("arcface", "svm")


def line(path: str, truth: str, right: bool = True, **fields: Any) -> Prediction:
    """Return the prediction of one photo in one split; a stranger is called as the photo unless `person` says else."""
    decision = truth if right else {"me": "other", "other": "me"}[truth]
    known: dict[str, Any] = {
        "extractor": PAIRING[0], "head": PAIRING[1], "target": "me", "sha256": "", "split_seed": 0, "score": 0.5,
        "person": "me" if truth == "me" else path, "outcome": "embedded", "box": "",
    }  # fmt: skip
    return Prediction(**{**known, **fields}, path=path, truth=truth, decision=decision)


@pytest.fixture
def said(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> Callable[..., str]:
    """Return a function from the predictions of a run, of which those of `OTHER` are not best, to its sentence."""

    def said(
        rows: list[Prediction], rate: Estimate | None = None, change: Callable[[RunResult], None] | None = None
    ) -> str:
        targets = list(dict.fromkeys(row.target for row in rows))
        pairings = dict.fromkeys((row.extractor, row.head) for row in rows) or {PAIRING: None}
        results = {
            pair: [tested(target, rejects=int(pair == OTHER)) for target in targets or ["me"]] for pair in pairings
        }
        result = run_of(results, targets=targets)
        if rate:
            result.pairings[0].estimates["false_accept_rate"] = rate
        if change:
            change(result)
        [group] = compare_runs([("0001", result)], predictions={"0001": rows})
        return group.sentence

    return said


def first(sentence: str) -> str:
    plain, _, rest = sentence.partition(" Best: ")
    assert rest
    return plain


def test_a_photo_and_a_stranger_wrong_in_one_split_only_are_wrong(said: Callable[..., str]) -> None:
    rows = [
        line(f"{photo}.jpg", truth, (photo, split) != (0, 1), split_seed=split, person=person)
        for split in (0, 1, 2)
        for truth, person in (("me", "me"), ("other", "bob"))
        for photo in ((0, 1) if truth == "me" else (0, 7, 8))
    ]
    assert first(said(rows)) == "Recognises you on 1 of 2 different photos and lets in 1 of 1 stranger."


@pytest.mark.parametrize(
    ("missed", "faceless", "clause"),
    [
        (0, 0, ""),
        (4, 0, ""),
        (4, 4, "; the 4 misses show no face"),
        (4, 3, "; 3 of the 4 misses show no face"),
        (4, 1, "; 1 of the 4 misses shows no face"),
        (1, 1, "; the one miss shows no face"),
    ],
)
def test_it_is_said_how_many_misses_show_no_face(
    missed: int, faceless: int, clause: str, said: Callable[..., str]
) -> None:
    rows = [
        line(f"{photo}", "me", photo >= missed, split_seed=split, outcome="no_face" if photo < faceless else "embedded")
        for photo in range(6)
        for split in (0, 1)
    ]
    rows += [line("b", "other", outcome="no_face")]  # rejected for want of a face: no miss
    assert first(said(rows)) == (
        f"Recognises you on {6 - missed} of 6 different photos and lets in 0 of 1 stranger{clause}."
    )


def test_unknown_strangers_are_photos_of_others_and_whoever_is_known_is_a_person(said: Callable[..., str]) -> None:
    unknown = [line("a", "me"), *(line(name, "other", name != "d", person="") for name in "bcd")]
    assert "lets in 1 of 3 photos of others." in first(said(unknown))
    known = [line(name, "other", person="bob") for name in "xyz"]
    assert "lets in 0 of 1 stranger and 1 of 3 photos of people unknown." in first(said([*unknown, *known]))


@pytest.mark.parametrize(
    ("right", "high", "bracket"),
    [
        (True, None, " (at most 0.8 %)"),  # as in the table, from the units
        (False, 0.013, " (at most 1.3 % of their photos)"),
        (False, None, ""),
    ],
)
def test_the_limit_is_that_of_false_accepts(
    right: bool, high: float | None, bracket: str, said: Callable[..., str]
) -> None:
    rate = Estimate(value=0.0, units=373, interval=Interval(low=0.0, high=high) if high else None)
    rows = [line("a", "me"), *(line(f"b{n}", "other", right or n > 0) for n in range(373))]
    let_in = 0 if right else 1
    assert first(said(rows, rate)) == (
        f"Recognises you on 1 of 1 different photo and lets in {let_in} of 373 strangers{bracket}."
    )


def test_a_target_has_its_name_and_several_are_counted_as_people(said: Callable[..., str]) -> None:
    rows = [line("a", "me", target="Ann_B"), line("c", "other", target="Ann_B")]
    assert first(said(rows)).startswith("Recognises Ann_B on 1 of 1")
    rows += [line("d", "me", n > 0, target="Cy", split_seed=n, outcome="no_face") for n in (0, 1)]
    rows += [line("c", "other", False, target="Cy"), line("e", "me", target="Cy")]
    assert first(said(rows)) == (
        "Recognises 1 of 2 people on all their test photos (2 of 3) and takes somebody else for one of them in 1 of 2 "
        "pairs of people; the one miss shows no face."
    )


def test_without_predictions_the_sentence_is_that_of_the_statistics(said: Callable[..., str]) -> None:
    assert said([]).startswith("Best: sface x svm with ")


@pytest.mark.parametrize("verdict", ["shortcut", "chance"])
def test_nothing_praises_what_is_not_to_be_trusted(verdict: str, said: Callable[..., str]) -> None:
    def judged(result: RunResult) -> None:
        figure = Estimate(value=1.0, units=50, interval=Interval(low=0.4 if verdict == "chance" else 0.9, high=1.0))
        result.verdict = verdict
        result.pairings[0].estimates["balanced_accuracy"] = figure
        result.shortcuts = [Shortcut(extractor="colour", head="svm", finding="decisive", auc=figure, p=0.01)]

    sentence = said([line("a", "me"), line("b", "other")], None, judged)
    assert sentence.startswith({"shortcut": "Not to be trusted: ", "chance": "No pairing is shown to be "}[verdict])
    assert "Recognises" not in sentence


def test_a_favoured_row_is_not_what_is_told_of(said: Callable[..., str]) -> None:
    proposal = ProposalResult(
        extractors=["sface"], mine=9, not_proposed=9, looked=0, found=0, missed=0.5, complete=False,
        interval=Interval(low=0.0, high=1.0),
    )  # fmt: skip

    def proposed(result: RunResult) -> None:
        result.dataset.proposal = proposal

    rows = [line("a", "me"), line("b", "other")]
    rows += [line(row.path, row.truth, row.truth == "other", extractor=OTHER[0]) for row in rows]
    assert "Recognises you on 0 of 1 different photo" in first(said(rows, None, proposed))
    assert "Recognises you on 1 of 1 different photo" in first(said(rows))


TESTED = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["me", "", "bob", "cy"]), st.booleans(), st.integers(0, 2)),
    min_size=1,
)


@given(tests=TESTED)
def test_the_counts_are_those_of_whoever_counts_the_lines(
    tests: list[tuple[int, str, bool, int]], run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    rows = [
        line(f"{who}{photo}", "me" if who == "me" else "other", right, person=who, split_seed=split)
        for photo, who, right, split in tests
    ]
    if not any(row.truth == "me" for row in rows):
        rows.append(line("me0", "me"))

    def count(truth: str, name: Callable[[Prediction], str]) -> tuple[int, int]:
        names, wrong = set(), set()
        for row in rows:
            if row.truth == truth and name(row):
                names.add(name(row))
                if row.decision != truth:
                    wrong.add(name(row))
        return len(wrong), len(names)

    missed, photos = count("me", lambda row: row.path)
    [group] = compare_runs([("0001", run_of({PAIRING: [tested("me")]}, targets=["me"]))], predictions={"0001": rows})
    assert f"on {photos - missed} of {photos} different photo" in group.sentence
    for name, what in ((lambda row: row.person, "stranger"), (lambda row: "" if row.person else row.path, "photo")):
        let_in, others = count("other", name)
        assert (f"{let_in} of {others} {what}" in group.sentence) == (others > 0)
