"""`bench run --vectors`, as a person types it, and what becomes of such a run."""

import json
import os
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.benchmarks.results import read_run

Bench = Callable[..., tuple[int, str, str]]
PAGE = (Path(__file__).parents[1] / "docs" / "vectors.md").read_text(encoding="utf-8")
RUN = ("run", "--data", "album", "--target", "s3", "--head", "logreg")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, orl: list[Path]) -> Path:
    """A folder with photos of twelve people."""
    folder = tmp_path_factory.mktemp("work")
    for person in range(1, 13):
        (folder / "album" / f"s{person}").mkdir(parents=True)
        for photo in orl[10 * (person - 1) :][:6]:
            shutil.copy(photo, folder / "album" / f"s{person}")
    return folder


@pytest.fixture
def bench(work: Path, command: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs a command beside the photos: exit code, output, messages."""
    monkeypatch.chdir(work)
    if not (work / "mine.npz").exists():
        assert command("embed", "album", "--extractor", "colour", "-o", "mine.npz")[0] == 0
    return command


def test_a_file_is_compared_alone_or_beside_extractors(bench: Bench, work: Path) -> None:
    code, shown, _ = bench(*RUN, "--vectors", "mine.npz", "--format", "md", "--runs", "alone")
    assert code == 0
    assert "| vectors(mine.npz) | logreg |" in shown
    assert "| not measured |" in shown
    assert "Note: vectors(mine.npz): vectors not made here" in shown
    code, shown, _ = bench(
        *RUN, "--vectors", "mine.npz", "--extractor", "colour", "--audit", "--format", "json", "--runs", "beside"
    )
    [group] = json.loads(shown)
    rows = {row["extractor"]: row for row in group["rows"]}
    assert code == 0
    assert rows["vectors(mine.npz)"]["balanced"] == rows["colour"]["balanced"]
    assert rows["vectors(mine.npz)"]["ms"] is None
    assert rows["rim"]["audit"]
    assert read_run(work / "beside" / "0001-album").settings.vectors == ["mine.npz"]


def test_nothing_can_be_saved_that_embeds_no_new_photos(bench: Bench, refused: Callable[..., str], work: Path) -> None:
    bench(*RUN, "--vectors", "mine.npz", "--head", "svm", "--runs", "saved")
    bench(*RUN, "--vectors", "mine.npz", "--extractor", "colour", "--runs", "saved")
    told = "Error: vectors(mine.npz) x {} cannot be saved: its vectors were not made here, and no extractor is known "
    for options in ((), ("--as-tested",)):
        message = refused("train", "--from", "1", "--runs", "saved", *options, "-o", "x.facebench", cwd=work)
        assert message.startswith("Error: vectors(mine.npz) x ")
        assert message.endswith("Make a run with --extractor.\n")
    wanted = ("--extractor", "vectors(mine.npz)")
    message = refused("train", "--from", "2", "--runs", "saved", *wanted, "-o", "x.facebench", cwd=work)
    assert message.startswith(told.format("logreg"))
    code, _, _ = bench("train", "--from", "2", "--runs", "saved", "--extractor", "colour", "-o", "x.facebench")
    assert code == 0  # the file of vectors is not needed for that
    (work / "x.facebench").unlink()


def test_such_runs_are_shown_reported_and_compared(bench: Bench, work: Path) -> None:
    bench(*RUN, "--vectors", "mine.npz", "--runs", "shown")
    code, shown, _ = bench("show", "last", "--runs", "shown")
    assert (code, "vectors mine.npz" in shown, "extractors" in shown) == (0, True, False)
    code, _, told = bench("report", "last", "--runs", "shown", "-o", "report.html")
    assert code == 0
    assert told == "Note: No nearest training photos: the vectors of vectors(mine.npz) were not made here.\n"
    page = (work / "report.html").read_text(encoding="utf-8")
    assert "name mine.npz, sha256 " in page
    assert "extract 72 photos" not in page
    code, shown, _ = bench("compare", "--runs", "shown", "--format", "csv", "--columns", "ms")
    assert (code, "vectors(mine.npz)" in shown) == (0, True)
    assert bench("show", "last", "--runs", "shown", "--examples", "sheet.png")[0] == 0


def test_a_learning_curve_has_no_such_option(bench: Bench) -> None:
    code, _, told = bench("curve", "--data", "album", "--target", "s3", "--vectors", "mine.npz")
    assert code == 2
    assert "No such option: --vectors" in told


def test_photos_of_me_and_of_others_are_found_in_one_file(bench: Bench, work: Path) -> None:
    (work / "me").symlink_to(work / "album" / "s3")
    (work / "others").mkdir()
    for person in range(4, 10):
        (work / "others" / f"s{person}").symlink_to(work / "album" / f"s{person}")
    chosen = ("run", "--me", "me", "--others", "others", "--no-audit", "--head", "logreg", "--format", "json")
    by_hash = bench(*chosen, "--vectors", "mine.npz", "--runs", "by-hash")
    names = [f"me/{number}.pgm" for number in range(1, 7)]
    names += [f"others/s{person}/{number}.pgm" for person in range(4, 10) for number in range(1, 7)]
    with np.load(work / "mine.npz") as arrays:
        rows = dict(zip(arrays["path"].tolist(), arrays["vectors"], strict=True))
    vectors = [rows[name.replace("me/", "s3/").removeprefix("others/")] for name in names]
    np.savez(work / "named.npz", path=np.array(names), vectors=np.array(vectors))
    by_name = bench(*chosen, "--vectors", "named.npz", "--runs", "by-name")
    assert (by_hash[0], by_name[0]) == (0, 0)
    balanced = [[row["balanced"] for row in json.loads(shown)[0]["rows"]] for _, shown, _ in (by_hash, by_name)]
    assert balanced[0] == balanced[1]


def test_bad_files_end_with_one_message(refused: Callable[..., str], work: Path, bench: Bench) -> None:
    (work / "bad.npz").write_bytes((work / "mine.npz").read_bytes()[:-200])
    np.savez(work / "other.npz", path=np.array(["x.jpg"]), vectors=np.zeros((1, 3)))
    for name, why in {
        "gone.npz": "--vectors gone.npz cannot be read: No such file or directory.",
        "mine.csv": "--vectors mine.csv does not end in .npz or .parquet.",
        "bad.npz": "--vectors bad.npz is damaged, or no .npz file (File is not a zip file): write it again.",
        "other.npz": "other.npz has 1 row, and none is of a photo of album.",
    }.items():
        assert refused(*RUN, "--vectors", name, "--runs", "bad", cwd=work).startswith(f"Error: {why}")
    message = refused(*RUN, "--vectors", "mine.npz", "--augment", "2", "--runs", "bad", cwd=work)
    assert message.startswith("Error: --augment makes variants of photos")
    assert not list((work / "bad").iterdir())


def test_a_file_whose_name_is_not_text_is_found_and_named(bench: Bench, work: Path) -> None:
    odd = os.fsdecode(b"m\xff.npz")
    shutil.copy(work / "mine.npz", work / odd)
    code, shown, _ = bench(*RUN, "--vectors", odd, "--runs", "odd", "--format", "json")
    assert code == 0
    assert "vectors(m\\udcff.npz)" in [row["extractor"] for row in json.loads(shown)[0]["rows"]]


def test_the_examples_of_the_page_work(bench: Bench, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = work / "home"
    (home / "faces").mkdir(parents=True)
    for folder in (work / "album").iterdir():
        name = "Colin_Powell" if folder.name == "s3" else folder.name
        (home / "faces" / name).symlink_to(folder)
    monkeypatch.chdir(home)
    photos = sorted((home / "faces").glob("*/*"))
    known = {"paths": [str(photo.relative_to(home / "faces")) for photo in photos]}
    known["vectors"] = np.random.default_rng(0).normal(size=(len(photos), 16)).astype(np.float32)
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        exec(block, known)
    commands = [
        line
        for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]
    for line in commands:
        code, shown, _ = bench(*shlex.split(line.replace("~", str(home)))[1:])
        assert code == 0
        assert shown.count("| vectors(mine.npz) |") == line.count("--head")
    assert len(commands) == 2
