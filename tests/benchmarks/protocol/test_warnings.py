"""Warnings: each appears where a reader must know, and nowhere else."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol._plan import Plan, make_plan
from facebench.benchmarks.protocol._warnings import warnings_about_faces, warnings_of
from facebench.benchmarks.results import PairingResult, TargetResult
from facebench.data import Dataset, Item, me_and_others, people_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from scipy.stats import fisher_exact

from ...made_up import result_of


def test_many_people_in_turn_need_no_warning(people: Callable[..., Dataset]) -> None:
    assert warned(people(12)) == []


def test_files_passed_over_are_counted_by_kind(people: Callable[..., Dataset]) -> None:
    dataset = replace(people(12), skipped=Counter({".txt": 3, ".mov": 2}))
    assert warned(dataset) == ["5 files passed over (3 .txt, 2 .mov)"]
    assert warned(replace(dataset, skipped=Counter({".txt": 1}))) == ["1 file passed over (1 .txt)"]


def test_photos_that_cannot_be_read_are_counted_and_the_first_is_named(
    people: Callable[..., Dataset], tmp_path: Path
) -> None:
    dataset = people(12)
    broken = replaced(dataset, {"s2/3.pgm": tmp_path / "a.pgm", "s5/1.pgm": tmp_path / "b.pgm"})
    (tmp_path / "a.pgm").write_bytes(b"")
    (tmp_path / "b.pgm").write_bytes(b"nothing")
    assert warned(broken) == ["2 photos left out, not readable; the first: s2/3.pgm (empty file)"]


@pytest.mark.parametrize(("people_in_all", "warns"), [(10, True), (11, False)])
def test_fewer_than_ten_strangers_are_split_by_photo(
    people_in_all: int, warns: bool, people: Callable[..., Dataset]
) -> None:
    found = [text for text in warned(people(people_in_all)) if "strangers are split by photo" in text]
    assert len(found) == warns
    assert all(text.startswith("There are only 9 other people: ") for text in found)


def test_strangers_of_whom_nothing_is_known_are_split_by_photo(people: Callable[..., Dataset]) -> None:
    dataset = people(12)
    items = [replace(item, person=item.person if item.person == "s1" else None) for item in dataset.items]
    text, *_ = warned(replace(dataset, items=tuple(items)), target="s1")
    assert text.startswith("It is not known who is on the photos of strangers: strangers are split by photo")


def test_people_of_fewer_than_three_moments_are_named_three_at_most(
    people: Callable[..., Dataset], tmp_path: Path
) -> None:
    dataset = people(16, photos=5)
    few = {}
    for person in ("s1", "s2", "s3", "s4", "s5"):
        source = next(item.path for item in dataset.items if item.person == person)
        for number in range(1, 6):
            few[f"{person}/{number}.pgm"] = tmp_path / f"{person}-{number}.jpg"
            Image.open(source).save(few[f"{person}/{number}.pgm"], quality=99 - 5 * number)
    [text] = warned(replaced(dataset, few))
    assert text.startswith("The photos of s1, s2, s3 and 2 more are copies or bursts of fewer than 3 moments: they are")
    assert text.endswith("[split-by-photo]")
    [text] = warned(replaced(dataset, {name: path for name, path in few.items() if name.startswith("s2/")}))
    assert text.startswith("The photos of s2 are copies")


@pytest.mark.parametrize("undated", [0, 1, 3])
def test_photos_without_a_date_are_counted_where_the_split_is_by_time(
    undated: int, orl: list[Path], tmp_path: Path
) -> None:
    for number in range(10):
        exif = Image.Exif()
        if number >= undated:
            taken = datetime(2024, 1, 1) + timedelta(days=number)
            exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
        (tmp_path / "me").mkdir(exist_ok=True)
        Image.open(orl[number]).save(tmp_path / "me" / f"{number}.jpg", exif=exif)
    for path in orl[10:130]:
        (tmp_path / path.parent.name).mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.parent.name)
    asked = {"target": "me", "repeats": 3}
    dataset = people_folder(tmp_path)
    found = coded("undated", warned(dataset, split="time", **asked))
    count = "1 photo" if undated == 1 else f"{undated} photos"
    names = ", ".join(f"me/{number}.jpg" for number in range(undated))
    assert found == ([f"{count} without a date taken for the oldest: {names} [undated]"] if undated else [])
    assert coded("undated", warned(dataset, **asked)) == []


@pytest.mark.parametrize(("repeats", "warns"), [(1, True), (2, True), (30, False)])
def test_few_independent_photos_of_one_target_are_told(
    repeats: int, warns: bool, people: Callable[..., Dataset]
) -> None:
    # Ten photos of s1: every split tests two of them, thirty splits test them all.
    found = coded("few-units", warned(people(30), target="s1", repeats=repeats))
    assert len(found) == warns
    if repeats == 1:
        assert found[0].startswith("The test holds 2 independent photos of s1 and 6 of others, copies and bursts")


def test_copies_are_no_independent_photos(people: Callable[..., Dataset], tmp_path: Path) -> None:
    dataset = people(30)
    source = next(item.path for item in dataset.items if item.person == "s1")
    copies = []
    for number in range(12):
        path = tmp_path / f"{number}.jpg"
        Image.open(source).save(path, quality=98 - number)
        copies.append(Item(path, f"s1/{path.name}", "s1"))
    more = replace(dataset, items=(*dataset.items, *copies))
    tests = []
    for seed in range(8):
        plan = plan_of(more, target="s1", repeats=1, seed=seed)
        [trial] = plan.trials
        tests.append(trial.mine[trial.test].sum())
        assert len(coded("few-units", warnings_of(more, plan))) == 1
    assert max(tests) > 12


@pytest.mark.parametrize(("far", "warns"), [("far=0.2", False), ("far=0.01", True), ("auto", False)])
def test_a_threshold_for_a_rare_false_accept_needs_strangers(
    far: str, warns: bool, people: Callable[..., Dataset]
) -> None:
    found = coded("few-strangers", warned(people(30), threshold=far))
    assert len(found) == warns
    if warns:
        assert found[0].startswith(
            "A threshold for a false accept rate of 0.01 needs 1,000 validation photos of others, and there are 60:"
        )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=2))
def test_faces_found_more_often_in_one_class_are_told(counts: list[tuple[int, int]]) -> None:
    (lost_mine, more_mine), (lost_others, more_others) = counts
    mine, others = lost_mine + more_mine + 1, lost_others + more_others + 1
    found = warnings_about_faces(pairing(lossy(mine, others, lost_mine, lost_others)))
    differs = fisher_exact([[lost_mine, lost_others], [mine - lost_mine, others - lost_others]]).pvalue < 0.01
    assert len(found) == differs
    for text in found:
        assert f"{100 * lost_mine / mine:.1f} % of the test photos of the target" in text
        assert f"{100 * lost_others / others:.1f} % of the others" in text
        assert text.endswith("[no-face-differs]")


def test_faces_are_counted_over_all_targets() -> None:
    once = lossy(20, 100, 4, 2)
    assert warnings_about_faces(pairing(lossy(20, 100, 2, 2))) == []
    assert len(warnings_about_faces(pairing(*[once] * 4))) == 1
    assert warnings_about_faces(pairing(*[lossy(20, 100, 1, 5)] * 4)) == []


def test_where_every_photo_has_a_face_or_no_target_was_tested_there_is_nothing_to_say() -> None:
    assert warnings_about_faces(pairing(lossy(20, 100, 0, 0))) == []
    assert warnings_about_faces(pairing()) == []


def test_names_in_warnings_are_safe_to_print(album_of_evil: Path) -> None:
    dataset = me_and_others(album_of_evil / "me", album_of_evil / "others")
    found = warnings_of(dataset, plan_of(dataset))
    assert any("\\x1b" in text for text in found)
    assert not any("\x1b" in text for text in found)


@pytest.fixture
def album_of_evil(orl: list[Path], tmp_path: Path) -> Path:
    """Photos of me and of others, one of them broken and of a name that clears the terminal."""
    for name, paths in (("me", orl[:10]), ("others", orl[10:30])):
        for number, path in enumerate(paths):
            (tmp_path / name).mkdir(exist_ok=True)
            shutil.copy(path, tmp_path / name / f"{number}.pgm")
    (tmp_path / "others" / "evil\x1b[2J.pgm").write_bytes(b"")
    return tmp_path


def plan_of(dataset: Dataset, **asked: object) -> Plan:
    return make_plan(dataset, Settings(extractors=[], heads=[], **asked))


def warned(dataset: Dataset, **asked: object) -> list[str]:
    return warnings_of(dataset, plan_of(dataset, **asked))


def coded(code: str, warnings: list[str]) -> list[str]:
    return [text for text in warnings if text.endswith(f"[{code}]")]


def replaced(dataset: Dataset, paths: dict[str, Path]) -> Dataset:
    """Return a data set with other files for some photos."""
    items = [replace(item, file=paths.get(item.name, item.path)) for item in dataset.items]
    return replace(dataset, items=tuple(items))


def lossy(mine: int, others: int, lost_mine: int, lost_others: int) -> TargetResult:
    """Return the result of a test in which some photos have no face."""
    truth = np.arange(mine + others) < mine
    scores = truth.astype(float)
    scores[:lost_mine] = scores[mine : mine + lost_others] = np.nan
    return result_of(truth, scores)


def pairing(*targets: TargetResult) -> PairingResult:
    return PairingResult(extractor="face_recognition", head="logreg", targets=list(targets))
