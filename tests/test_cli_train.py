"""`bench train`, as a person types it: what is written and said, and what is refused before minutes of work."""

import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.benchmarks.results import read_predictions, read_run
from facebench.bundles import Bundle, _train
from facebench.cli import main

Bench = Callable[..., tuple[int, str, str]]
PHOTOS = ("--data", "album", "--target", "s3")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, orl: list[Path]) -> Path:
    """A folder with photos of twelve people, and two runs: of one target with several heads, and of two targets."""
    folder = tmp_path_factory.mktemp("work")
    for person in range(1, 13):
        (folder / "album" / f"s{person}").mkdir(parents=True)
        for photo in orl[10 * (person - 1) :][:6]:
            shutil.copy(photo, folder / "album" / f"s{person}")
    heads = ["--head", "tolerance", "--head", "logreg", "--head", "sklearn.naive_bayes.GaussianNB"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for options in ([*PHOTOS, *heads], ["--data", "album", "--max-targets", "2", "--head", "logreg"]):
            patch.setattr(sys, "argv", ["bench", "run", "--extractor", "face_recognition", *options])
            with pytest.raises(SystemExit, match="0"):
                main()
    return folder


@pytest.fixture
def bench(work: Path, command: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs the command beside the photos: exit code, output, messages but for what it needs."""
    monkeypatch.chdir(work)

    def bench(*arguments: str | Path) -> tuple[int, str, str]:
        code, shown, told = command(*arguments)
        return code, shown, "".join(line for line in told.splitlines(True) if not line.startswith("Needs at most "))

    return bench


def test_photos_become_a_file_and_a_summary(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "me.facebench"
    code, shown, told = bench("train", *PHOTOS, "-o", file)
    assert (code, told) == (0, "")
    where, expected, threshold, holds = shown.splitlines()
    assert where.startswith(f"{file}: s3 by face_recognition x logreg, trained on 6 photos in 6 groups and 6")
    assert where.endswith(" of 11 others.")
    assert expected.startswith("Photos left out in turn (5 folds): balanced accuracy ")
    assert " of 6 photos missed, " in expected
    assert threshold.endswith(" (best balanced accuracy); probabilities are calibrated.")
    assert holds == "It holds no photo and no vector of a photo. It recognises a person: keep it private (mode 0600)."
    assert file.stat().st_mode & 0o777 == 0o600
    assert Bundle.load(file).manifest.target == "s3"


def test_me_and_others_need_no_target(bench: Bench, tmp_path: Path, work: Path) -> None:
    shutil.copytree(work / "album" / "s3", tmp_path / "mine")
    shutil.copytree(work / "album", tmp_path / "others", ignore=shutil.ignore_patterns("s3"))
    options = ["--me", tmp_path / "mine", "--others", tmp_path / "others", "--limit-others", "5"]
    options += [
        "--extractor",
        "face_recognition(upsample=0)",
        "--head",
        "svm(kernel='linear')",
        "--threshold",
        "far=0.1",
    ]
    code, shown, _ = bench("train", *options, "--seed", "4", "-o", tmp_path / "me.facebench")
    assert code == 0
    assert "me by face_recognition(upsample=0) x svm(kernel='linear'), trained on " in shown
    assert " of 5 others." in shown
    assert "(far=0.1)" in shown
    assert Bundle.load(tmp_path / "me.facebench").manifest.training.seed == 4


@pytest.mark.parametrize("run", ["1", "0001-album", "runs/0001-album"])
def test_the_best_of_a_run_is_trained_on_all_photos(run: str, bench: Bench, tmp_path: Path) -> None:
    code, shown, _ = bench("train", "--from", run, "--head", "logreg", "-o", tmp_path / "me.facebench")
    assert code == 0
    assert "s3 by face_recognition x logreg, trained on 6 photos in 6 groups" in shown
    assert "Photos left out in turn" in shown


def test_the_very_head_of_a_run_is_kept(bench: Bench, tmp_path: Path, work: Path) -> None:
    file = tmp_path / "me.facebench"
    options = ("--as-tested", "--head", "logreg", "-o", file)
    code, shown, _ = bench("train", "--from", "1", *options)
    assert code == 0
    assert "The head and threshold that the run tested." in shown
    run = work / "runs" / "0001-album"
    [logreg] = [p for p in read_run(run).pairings if p.head == "logreg"]
    assert f"trained on {logreg.targets[0].train_me} photos" in shown
    rows = [row for row in read_predictions(run) if row.head == "logreg" and row.split_seed == 0]
    code, answers, _ = bench("predict", file, *(f"album/{row.path}" for row in rows), "--format", "csv")
    decided = [line.split(",")[1] == "me" for line in answers.splitlines()[1:]]
    assert decided == [row.decision == "me" for row in rows]


def test_of_several_people_one_is_chosen(bench: Bench, tmp_path: Path, work: Path) -> None:
    first, second = read_run(work / "runs" / "0002-album").targets
    code, _, told = bench("train", "--from", "2", "-o", tmp_path / "me.facebench")
    assert code == 2
    assert f"tested 2 people in turn, and a file knows one: give --target, such as {first}." in told
    for options in ([], ["--as-tested"]):
        code, shown, _ = bench("train", "--from", "2", "--target", second, *options, "-o", tmp_path / "me.facebench")
        assert code == 0
        assert f": {second} by face_recognition x logreg" in shown


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ([], "Whose photos? Give --me DIR --others DIR, --labels FILE, --data DIR --target NAME, or --from RUN."),
        (["--data", "album"], "A file knows one person: give --target NAME."),
        (["--data", "album", "--target", "all"], "A file knows one person: give --target NAME."),
        ([*PHOTOS, "--as-tested"], "--as-tested needs --from RUN: which test?"),
        (["--from", "1", "--data", "album"], "--from RUN excludes --data: photos and settings are the run's"),
        (["--from", "1", "--me", "album/s3"], "--from RUN excludes --me"),
        (["--from", "1", "--augment", "3"], "--from RUN excludes --augment"),
        (["--from", "1", "--augmentation", "shear=0"], "--from RUN excludes --augmentation"),
        (["--from", "1", "--threshold", "auto"], "--from RUN excludes --threshold"),
        (["--from", "1", "--limit-others", "4"], "--from RUN excludes --limit-others"),
        (["--from", "1", "--seed", "0"], "--from RUN excludes --seed"),
        (["--from", "9"], "No run '9' in runs."),
        (["--from", "1", "--head", "mlp"], "This run tested no such pairing: head 'mlp'."),
        (["--from", "1", "--target", "s9", "--head", "logreg"], "face_recognition x logreg was not tested on 's9'."),
        (["--from", "1", "--head", "tolerance"], "The head 'tolerance' carries vectors of the target, one per photo"),
        (["--from", "1", "--head", "sklearn.naive_bayes.GaussianNB"], "cannot be saved: only facebench's own can be"),
        ([*PHOTOS, "--head", "knn"], "The head 'knn' carries vectors of the target and others, one per photo"),
        ([*PHOTOS, "--head", "logrek"], "No head is named 'logrek'. Did you mean 'logreg'?"),
        ([*PHOTOS, "--extractor", "face"], "No extractor is named 'face'."),
        (["--data", "album", "--target", "s77"], "s77"),
        (["--me", "album/s3"], "--me needs --others DIR too"),
        (["--me", "album/s3", "--others", "album"], "lie inside one another"),
        ([*PHOTOS, "--threshold", "high"], "--threshold 'high'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_slip_is_refused_by_name(options: list[str], complaint: str, bench: Bench, tmp_path: Path) -> None:
    code, shown, told = bench("train", *options, "-o", tmp_path / "me.facebench")
    assert (code, shown) == (2, "")
    assert told.startswith("Error: ")
    assert complaint in told
    assert list(tmp_path.iterdir()) == []


def test_the_output_is_needed_and_looked_at_first(bench: Bench, tmp_path: Path) -> None:
    assert bench("train", *PHOTOS)[0] == 2
    (tmp_path / "foreign.facebench").write_bytes(b"a photo")
    for name, complaint in (
        ("me.zip", "does not end in .facebench."),
        ("none/me.facebench", "there is no folder"),
        ("foreign.facebench", "exists and was not written by this command: choose another name."),
    ):
        code, _, told = bench("train", "--data", "nowhere", "-o", tmp_path / name)
        assert code == 2
        assert complaint in told
    assert (tmp_path / "foreign.facebench").read_bytes() == b"a photo"


def test_an_older_file_is_replaced_or_left_whole(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "me.facebench"
    bench("train", *PHOTOS, "-o", file)
    before = file.read_bytes()
    assert bench("train", *PHOTOS, "--head", "ridge", "-o", file)[0] == 0
    ridge = file.read_bytes()
    assert ridge != before

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        code, shown, told = bench("train", *PHOTOS, "-o", file)
    assert (code, shown) == (2, "")
    assert told == f"Error: --output {file} cannot be written (No space left on device): choose another place.\n"
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == ridge


def test_ctrl_c_leaves_no_file(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_train, "fit_trial", pressed)
    code, shown, told = bench("train", *PHOTOS, "-o", tmp_path / "me.facebench")
    assert (code, shown) == (130, "")
    assert told == "Interrupted. Vectors are saved: the next start resumes there.\n"
    assert list(tmp_path.iterdir()) == []


def test_show_tells_what_a_bundle_is(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "me.facebench"
    _, told_by_train, _ = bench("train", *PHOTOS, "-o", file)
    assert bench("show", file)[:2] == (0, told_by_train)
    code, _, complaint = bench("show", file, "--examples", tmp_path / "sheet.png")
    assert (code, "needs a run" in complaint) == (2, True)
    file.write_bytes(b"PK")
    assert bench("show", file)[0] == 2
