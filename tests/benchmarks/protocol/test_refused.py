"""Heads that cannot be fitted or whose scores are no numbers: named and left out, and everything else is tested."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import find_runs, read_predictions, read_run
from facebench.classifiers._linear import LogReg
from facebench.data import Dataset
from sklearn.linear_model import LogisticRegression

Bench = Callable[..., tuple[int, str, str]]


class NoNumbers(LogReg):
    """Scores every other photo NaN."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        scores = super().predict_proba(X)
        scores[::2] = np.nan
        return scores


class Endless(LogisticRegression):
    """Scores of infinity."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return np.full((len(X), 2), np.inf)


class Broken(LogisticRegression):
    """A plug-in with a fault of its own, in several lines."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Broken":
        raise RuntimeError("no\n  luck.")


class Choosy(LogisticRegression):
    """Takes no fewer than 6 training photos of me."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Choosy":
        if y.sum() <= 5:
            raise ValueError("too few photos")
        return super().fit(X, y)


#: By call string, what is said of them.
REFUSED = {
    "nonumbers": "gives scores that are not finite numbers",
    "endless": "gives scores that are not finite numbers",
    "broken": "cannot be fitted: RuntimeError: no luck",
    "svm(C=-1)": "cannot be fitted: The 'C' parameter of SVC must be a float in the range (0.0, inf]. Got -1",
}


@pytest.fixture
def bench(
    command: Bench,
    copies: Dataset,
    extractor: Callable[..., Any],
    register: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command on forty photos with some heads."""
    extractor()
    for head in (NoNumbers, Endless, Broken, Choosy):
        register("heads", head.__name__.lower(), lambda head=head: head)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))

    def bench(name: str, heads: Sequence[str], *options: str) -> tuple[int, str, str]:
        asked = [argument for head in heads for argument in ("--head", head)]
        data = ["--data", "photos", "--target", "s1", "--extractor", "blocks"]
        return command(name, *data, *asked, *options)

    return bench


def test_pairings_that_cannot_be_tested_are_left_out_with_their_reasons(
    bench: Bench, command: Bench, tmp_path: Path
) -> None:
    code, shown, _ = bench("run", ["nonumbers", "endless", "logreg", "broken", "svm(C=-1)"], "--repeats", "2")
    [path] = find_runs(tmp_path / "runs")
    result = read_run(path)
    assert code == 0
    assert [(refused.extractor, refused.head) for refused in result.refused] == [("blocks", head) for head in REFUSED]
    assert [pairing.head for pairing in result.pairings] == ["majority", "logreg"]
    assert {row.head for row in read_predictions(path)} == {"logreg"}
    [group] = json.loads(command("compare", "--format", "json")[1])
    facts = command("show", "1")[1]
    assert command("report", "-o", "report.html")[0] == 0
    page = unescape((tmp_path / "report.html").read_text(encoding="utf-8"))
    for refused in result.refused:
        assert REFUSED[refused.head] in refused.reason
        note = f"blocks x {refused.head} is left out: its head {refused.reason}"
        assert note in group["notes"]
        for told in (shown.replace("\\", ""), page):
            assert note in told
        assert f"blocks x {refused.head}: its head {refused.reason}" in facts


def test_a_run_in_which_nothing_can_be_tested_ends_with_the_reasons(bench: Bench, tmp_path: Path) -> None:
    code, shown, message = bench("run", list(REFUSED))
    assert (code, shown) == (2, "")
    needs, error = message.splitlines()
    assert needs.startswith("Needs at most ")
    assert error.startswith("Error: Nothing could be tested. The head nonumbers gives scores that are not finite ")
    assert "The head broken cannot be fitted: RuntimeError: no luck. The head svm(C=-1) cannot be" in message
    assert not list((tmp_path / "runs").iterdir())


def test_faces_missing_in_one_class_are_told_whatever_the_last_head_did(
    bench: Bench, people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    known = people(15)
    items = tuple(replace(item, person="s1") if item.person in ("s2", "s3", "s4") else item for item in known.items)
    mine = [item.path for item in items if item.person == "s1"]
    extractor("some", without_face=[path for place, path in enumerate(mine) if place % 5])
    settings = Settings(extractors=["some"], heads=["logreg", "broken"], target="s1", repeats=1)
    result = run_benchmark(replace(known, items=items), settings, lambda *_: None)
    assert [refused.head for refused in result.refused] == ["broken"]
    assert [warning for warning in result.warnings if warning.endswith("[no-face-differs]")]


def test_a_curve_leaves_out_the_points_at_which_a_head_cannot_be_fitted(bench: Bench, tmp_path: Path) -> None:
    options = ["--photos", "5", "--photos", "6", "--draws", "2", "--threshold", "0.5"]
    code, shown, _ = bench("curve", ["choosy", "logreg", "endless"], *options)
    [file] = (tmp_path / "runs").glob("*/curve.json")
    points = json.loads(file.read_text(encoding="utf-8"))["points"]
    known = [(point["head"], point["photos_of_me"], point["balanced_accuracy"] is not None) for point in points]
    assert code == 0
    assert known == [(head, at, head == "logreg" or (head, at) == ("choosy", 8)) for head, at, _ in known]
    assert "Note: blocks x choosy is left out at 5, 6 photos: its head cannot be fitted: too few photos." in shown
    assert "Note: blocks x endless is left out at 5, 6, 8 photos: its head gives scores that are not finite" in shown


def test_a_curve_without_a_point_ends_with_the_reasons(bench: Bench, tmp_path: Path) -> None:
    code, shown, message = bench("curve", ["endless", "svm(C=-1)"], "--photos", "5", "--draws", "1")
    assert (code, shown) == (2, "")
    assert message.splitlines()[1].startswith("Error: Nothing could be tested. The head endless gives scores that are ")
    assert not list((tmp_path / "runs").iterdir())


def test_a_head_without_numbers_is_not_saved(bench: Bench, tmp_path: Path) -> None:
    code, _, message = bench("train", ["nonumbers"], "-o", "me.facebench")
    assert code == 2
    assert "The head NoNumbers() gives scores that are not finite numbers" in message
    assert not (tmp_path / "me.facebench").exists()
