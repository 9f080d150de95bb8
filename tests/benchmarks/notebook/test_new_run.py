"""`facebench.run` does what the command does: the same settings and photos, the same numbers."""

import multiprocessing.process
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import facebench
import pytest
from facebench.benchmarks.results import RunResult
from facebench.data import Augmentation, Dataset
from facebench.errors import FacebenchError

Command = Callable[..., tuple[int, str, str]]
TIMES = {"created", "command", "seconds"}


def without_times(result: RunResult) -> dict[str, Any]:
    """Return a result without what differs between two runs of one experiment."""
    times = {"load_seconds", "extract_seconds", "stored"}
    pairings = {"pairings": {"__all__": {"targets": {"__all__": {"fit_seconds"}}}}}
    left_out: Any = dict.fromkeys(TIMES, True) | {"extractors": {"__all__": times}} | pairings
    return result.model_dump(exclude=left_out)


def test_the_command_of_a_run_gives_the_same_numbers(made: facebench.Run, command: Command, tmp_path: Path) -> None:
    words = shlex.split(made.result.command)
    words[words.index("--runs") + 1] = str(tmp_path)
    assert command(*words[1:])[0] == 0
    typed = facebench.open_run(runs=tmp_path)
    assert (typed.path / "predictions.csv").read_bytes() == (made.path / "predictions.csv").read_bytes()
    assert without_times(typed.result) == without_times(made.result)
    assert typed.sentence == made.sentence


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"extractors": "sface", "heads": ("svm(C=1)", "knn"), "seed": 3, "runtime": "tensorflow"},
        {"data": "{photos}", "target": "s34", "audit": False, "drop_shared": True, "min_photos": 6, "repeats": 2},
        {"data": "{photos}", "layout": "people", "any_name": True, "limit_others": 4, "target": "s35", "audit": True},
        {
            "me": "{photos}/s33",
            "others": "{photos}/s34",
            "strangers": "equal",
            "split": "time",
            "runtime": "tensorflow",
        },
        {"preset": "report", "augment": 0, "threshold": "far=0.01", "max_targets": 3},
        {"preset": "report", "augment": 2, "augmentation": Augmentation(rotation=10, side=224)},
        {"data": "{photos}", "vectors": "~/mine.npz", "heads": "svm", "hard_by": "sface"},
    ],
    ids=lambda options: " ".join(options) or "none",
)
def test_every_option_means_what_it_means_to_the_command(
    options: dict[str, Any], few_people: Path, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun = []

    def begin(dataset: Dataset, settings: Any, *_: Any, command: str, hard_by: str | None, **__: Any) -> None:
        begun.append((dataset.fingerprint, dataset.title, settings, hard_by, command))
        raise FacebenchError("Not now.")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.npz").touch()
    for module in ("protocol", "notebook._new_run"):
        monkeypatch.setattr(f"facebench.benchmarks.{module}.run_benchmark", begin)
    given = {
        name: value.format(photos=few_people) if isinstance(value, str) else value for name, value in options.items()
    }
    with pytest.raises(FacebenchError, match=r"Not now\."):
        facebench.run(**given)
    assert command(*shlex.split(begun[0][-1])[1:])[0] == 2
    in_python, typed = begun
    assert in_python[:4] == typed[:4]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"extractors": "sfac"}, "Did you mean 'sface'"),
        ({"repeats": 0}, "--repeats 0"),
        ({"preset": "reports"}, "Did you mean 'report'"),
        ({"me": "photos"}, "--me needs --others"),
        ({"data": "nowhere"}, "nowhere"),
        ({"target": "s99"}, "s99"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_bad_input_is_refused_in_one_message_and_leaves_no_run(
    options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(FacebenchError, match=message):
        facebench.run(**options, runs=tmp_path / "runs")
    assert list(tmp_path.rglob("*.json")) == []


def test_a_script_needs_no_guard_as_no_process_is_started(
    few_people: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", refuse)
    heads = ["logreg", "svm", "sklearn.ensemble.RandomForestClassifier(n_jobs=2)"]
    run = facebench.run(data=few_people, extractors="colour", heads=heads, target="s34", repeats=1, runs=tmp_path)
    assert len(run.table) == 4
