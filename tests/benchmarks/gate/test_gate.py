"""`bench compare` as the gate of a pipeline: 0 passed, 1 not good enough, 2 cannot be judged."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.benchmarks.comparison import COLUMNS
from facebench.benchmarks.gate import Bar, read_bar
from facebench.benchmarks.results import RunFolder, RunResult
from facebench.benchmarks.results._schema import Estimate, Interval, Shortcut
from facebench.errors import FacebenchError

Gate = Callable[..., tuple[int, str]]
PAIR = ("sface", "svm")
FINDINGS = {"shortcut": "decisive", "suspicious": "suspicious", "unchecked": "unchecked"}


@pytest.fixture
def save(run_of: Callable[..., RunResult], tested: Callable[..., Any], rows_of: Any, tmp_path: Path) -> Any:
    """Return a function that saves a run of one pairing, of which so many of ten photos of me are rejected."""

    def save(rejects: int, verdict: str = "trusted", **fields: Any) -> None:
        result = run_of({PAIR: [tested(rejects=rejects)]}, **fields)
        lowest = 0.4 if verdict == "chance" else 0.6
        figure = Estimate(value=1 - rejects / 20, interval=Interval(low=lowest, high=1.0), units=20)
        result.pairings[0] = result.pairings[0].model_copy(update={"estimates": {"balanced_accuracy": figure}})
        result.verdict = verdict
        if finding := FINDINGS.get(verdict):
            result.shortcuts = [Shortcut(extractor="colour", head="svm", finding=finding, auc=figure, p=0.01)]
        RunFolder(tmp_path, "faces").save(result, rows_of({PAIR: rejects}))

    return save


@pytest.fixture
def gate(command: Callable[..., tuple[int, str, str]], tmp_path: Path) -> Gate:
    """Return a function that judges a run with options: exit code and messages."""

    def gate(*options: str) -> tuple[int, str]:
        code, shown, messages = command("compare", *options, "--runs", str(tmp_path), "--columns", "balanced")
        assert code == 2 or "| sface | svm |" in shown
        return code, messages

    return gate


@pytest.mark.parametrize(
    ("bar", "code"),
    [
        (("--fail-under", "balanced=95"), 0),  # 1 of 10 rejected: 95 %
        (("--fail-under", "balanced=95.1"), 1),
        (("--fail-under", "auc=0.9"), 0),
        (("--fail-over", "false_rejects=10"), 0),
        (("--fail-over", "false_rejects=9.9"), 1),
        (("--fail-over", "false_accepts=0"), 0),
        (("--fail-under", "balanced_low=60"), 0),
        (("--fail-under", "balanced_low=61"), 1),
        (("--fail-under", "balanced=90", "--fail-over", "false_rejects=5"), 1),
    ],
)
def test_a_figure_passes_or_fails_in_the_unit_of_the_table(
    bar: tuple[str, ...], code: int, save: Any, gate: Gate
) -> None:
    save(1)
    found, messages = gate("last", *bar)
    assert found == code
    assert messages.count("Passed: ") + messages.count("Failed: ") == 1 + len(bar) // 2
    assert ("Failed: sface x svm" in messages) == bool(code)


@pytest.mark.parametrize(("rejects", "code"), [(0, 0), (2, 0), (8, 1)])
def test_a_run_fails_where_it_is_significantly_below_its_baseline(
    rejects: int, code: int, save: Any, gate: Gate
) -> None:
    save(1)
    save(rejects)
    found, messages = gate("last", "--baseline", "1")
    assert found == code
    assert "of the baseline 0001-faces, p " in messages


@pytest.mark.parametrize(
    ("verdict", "code"), [("trusted", 0), ("suspicious", 0), ("unchecked", 0), ("shortcut", 1), ("chance", 1)]
)
def test_a_run_that_is_not_to_be_trusted_fails(verdict: str, code: int, save: Any, gate: Gate) -> None:
    save(0, verdict)
    found, messages = gate("last", "--fail-under", "balanced=50")
    assert found == code
    assert messages.startswith("Failed: " if code else "Passed: ")


def test_another_test_set_cannot_be_judged(save: Any, gate: Gate) -> None:
    save(0, test_hash="one")
    save(0, test_hash="another")
    assert gate("2", "--baseline", "1") == (
        2,
        "Error: Run 0002-faces and the baseline 0001-faces were tested on different photos: test both on the same, "
        "with the same split and seed.\n",
    )
    code, messages = gate("--fail-under", "balanced=50")
    assert code == 2
    assert "make 2 tables" in messages


def test_a_baseline_without_predictions_cannot_be_judged(save: Any, gate: Gate, tmp_path: Path) -> None:
    save(0)
    save(0)
    (tmp_path / "0001-faces" / "predictions.csv").unlink()
    code, messages = gate("2", "--baseline", "1")
    assert code == 2
    assert "Run 0001-faces has no predictions.csv" in messages


@pytest.mark.parametrize(
    ("bar", "said"),
    [
        (("--fail-under", "tar1=90"), "tar1=90 cannot be checked: sface x svm has - there."),
        (("--fail-under", "auc_low=0.9"), "sface x svm has 1.000 there, without limits."),
        (("--fail-under", "balance=90"), "No column is named 'balance'. Did you mean 'balanced'?"),
        (("--fail-under", "eer=3"), "lower values of eer are better: --fail-over eer=3."),
        (("--fail-over", "auc=0.9"), "higher values of auc are better: --fail-under auc=0.9."),
        (("--fail-under", "balanced"), "is not of the form COLUMN=NUMBER"),
        (("--fail-under", "balanced=nan"), "is not of the form COLUMN=NUMBER"),
        (("--fail-under", "run=3"), "run is no figure"),
        (("--baseline", "7"), "No run '7'"),
    ],
)
def test_what_cannot_be_checked_is_an_error(bar: tuple[str, ...], said: str, save: Any, gate: Gate) -> None:
    save(0)
    code, messages = gate("last", *bar)
    assert code == 2
    assert said in messages


def test_every_column_with_a_best_value_has_one_option() -> None:
    for name, column in COLUMNS.items():
        taken = []
        for option in ("--fail-under", "--fail-over"):
            try:
                taken.append((option, read_bar(f"{name}=1", option)))
            except FacebenchError:
                continue
        assert len(taken) == (1 if column.best and name not in ("rank", "front") else 0)
        for option, bar in taken:
            assert bar == Bar(name, "", 1.0, f"{name}=1")
            assert bar.is_least == (option == "--fail-under")
