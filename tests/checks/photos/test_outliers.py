"""Photos of me that are unlike the others are listed worst first, marked, and nothing else is."""

import csv
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.checks.photos import Finding, PhotoReport, check_photos, photo_report_text
from facebench.checks.photos._outliers import FACES, UNLIKE, similarity_to_others
from facebench.data import me_and_others, orl_faces, photos_of_me
from facebench.embeddings import extractors
from facebench.embeddings.extraction import Embedder, Photos, embed_photos
from facebench.embeddings.store import VectorStore
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

LFW = Path(__file__).parents[3].parent / "shared" / "data" / "lfw-powell"


@given(groups=st.lists(st.integers(0, 4), min_size=2, max_size=30).filter(lambda groups: len(set(groups)) > 1))
def test_a_face_is_compared_with_each_other_group_and_never_with_its_own(groups: list[int]) -> None:
    vectors = np.random.default_rng(len(groups)).normal(size=(len(groups), 6)).astype(np.float32)
    expected = []
    for vector, group in zip(vectors, groups, strict=True):
        means = [
            np.mean([
                vector @ other / np.linalg.norm(vector) / np.linalg.norm(other)
                for other, its in zip(vectors, groups, strict=True) if its == another
            ])
            for another in set(groups) - {group}
        ]  # fmt: skip
        expected.append(np.median(means))
    np.testing.assert_allclose(similarity_to_others(vectors, np.array(groups)), expected, atol=1e-6)


def test_a_burst_of_somebody_else_is_no_majority() -> None:
    me, other = np.eye(8)[0], np.eye(8)[1]
    similarity = similarity_to_others(np.stack([me] * 5 + [other] * 9), np.array([0, 1, 2, 3, 4] + [5] * 9))
    assert similarity.tolist() == [1.0] * 5 + [0.0] * 9


@pytest.fixture
def album(orl: list[Path], tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes a folder of photos of ORL, by person and photo."""

    def album(name: str, *photos: tuple[int, int]) -> Path:
        folder = tmp_path / name
        for person, photo in photos:
            (folder / f"p{person}").mkdir(parents=True, exist_ok=True)
            shutil.copy(orl[10 * person + photo], folder / f"p{person}" / f"{photo}.pgm")
        return folder

    return album


def of_kind(report: PhotoReport, kind: str) -> Finding | None:
    return next((finding for finding in report.findings if finding.kind == kind), None)


def test_other_people_come_first_and_are_marked(album: Callable[..., Path], store: VectorStore) -> None:
    me = album("me", *((1, photo) for photo in range(9)), (4, 0), (6, 0))
    report = check_photos(photos_of_me(me), store)
    unlike, least = of_kind(report, "unlike"), of_kind(report, "least_like")
    assert (unlike.severity, least.severity) == ("should look", "good to know")
    assert {Path(mark.path).parent.name for mark in unlike.marks} == {"p4", "p6"}
    assert {Path(mark.path).parent.name for mark in least.marks} == {"p1"}
    similarity = [float(mark.detail) for mark in (*unlike.marks, *least.marks)]
    assert similarity == sorted(similarity)
    assert similarity[1] < UNLIKE < similarity[2]
    shown = Console(file=io.StringIO(), width=80)
    shown.print(photo_report_text(report, "table"))
    worst = unlike.marks[0]
    assert worst.name in shown.file.getvalue()
    assert f"| {worst.name} | {worst.detail} |" in photo_report_text(report, "md")
    rows = [row for row in csv.DictReader(io.StringIO(photo_report_text(report, "csv"))) if row["kind"] == "unlike"]
    assert [(row["path"], row["detail"]) for row in rows] == [(mark.path, mark.detail) for mark in unlike.marks]
    [listed] = (of for of in json.loads(photo_report_text(report, "json"))["findings"] if of["kind"] == "unlike")
    assert (listed["column"], len(listed["marks"])) == ("similarity", 2)


def test_photos_of_one_person_are_not_marked(album: Callable[..., Path], store: VectorStore) -> None:
    report = check_photos(photos_of_me(album("me", *((30, photo) for photo in range(10)))), store)  # the worst of ORL
    assert of_kind(report, "unlike") is None
    assert len(of_kind(report, "least_like").marks) == 10


def test_of_people_without_a_majority_nobody_is_marked(album: Callable[..., Path], store: VectorStore) -> None:
    report = check_photos(photos_of_me(album("me", *((person, 0) for person in range(6)))), store)
    assert of_kind(report, "several_people").what == "6 of 6 faces of me are unlike most others"
    assert of_kind(report, "unlike") is of_kind(report, "least_like") is None


def test_of_four_photos_nothing_is_said(album: Callable[..., Path], store: VectorStore) -> None:
    report = check_photos(photos_of_me(album("me", (1, 0), (1, 1), (1, 2), (4, 0))), store)
    assert not {"unlike", "least_like", "several_people"} & {finding.kind for finding in report.findings}


def test_faces_of_others_are_not_compared_and_no_photo_is_decoded_twice(
    album: Callable[..., Path], store: VectorStore, decoded: list[bytes]
) -> None:
    me = album("me", *((1, photo) for photo in range(6)), (4, 0))
    others = album("others", *((person, photo) for person in (7, 8) for photo in range(3)))
    report = check_photos(me_and_others(me, others), store)
    assert [Path(mark.path).parent.name for mark in of_kind(report, "unlike").marks] == ["p4"]
    assert {Path(mark.path).parent.name for mark in of_kind(report, "least_like").marks} == {"p1"}
    assert set(Counter(decoded).values()) == {1}
    assert len(decoded) == 13


@pytest.mark.slow
@pytest.mark.skipif(not LFW.is_dir(), reason="the LFW photos are not beside this checkout")
def test_of_ten_wrong_photos_among_two_hundred_nine_are_in_the_first_twelve(tmp_path: Path) -> None:
    rng, people = np.random.default_rng(0), sorted(LFW.iterdir())
    mine = rng.permutation(sorted((LFW / "Colin_Powell").glob("*.jpg")))[:190]
    others = [person for person in people if person.name != "Colin_Powell"]
    for folder, photos in (("mine", mine), ("wrong", [min(one.glob("*.jpg")) for one in rng.permutation(others)[:10]])):
        (tmp_path / "me" / folder).mkdir(parents=True)
        for photo in photos:
            shutil.copy(photo, tmp_path / "me" / folder)
    report = check_photos(photos_of_me(tmp_path / "me"))
    listed = [mark for kind in ("unlike", "least_like") for mark in getattr(of_kind(report, kind), "marks", [])]
    assert len(listed) == 12
    assert sum(Path(mark.path).parent.name == "wrong" for mark in listed) >= 9
    assert all(Path(mark.path).parent.name == "wrong" for mark in of_kind(report, "unlike").marks)


@pytest.mark.slow
@pytest.mark.skipif(not LFW.is_dir(), reason="the LFW photos are not beside this checkout")
def test_hardly_any_right_photo_is_marked_and_hardly_any_wrong_one_is_not() -> None:
    def drawn(mine: np.ndarray, others: np.ndarray, draws: int) -> tuple[list[int], float]:
        """Return right and wrong photos that are marked, draws whose wrong ones come first, and the lowest right."""
        rng, found, lowest = np.random.default_rng(0), np.zeros(3, int), 1.0
        right, wrong = (190, 10) if len(mine) > 10 else (9, 1)
        for _ in range(draws):
            chosen = rng.permutation(len(mine))[:right], rng.permutation(len(others))[:wrong]
            similarity = similarity_to_others(
                np.concatenate([mine[chosen[0]], others[chosen[1]]]), np.arange(right + wrong)
            )
            marked, first = similarity < UNLIKE, similarity[:right].min() > similarity[right:].max()
            found += [marked[:right].sum(), marked[right:].sum(), first]
            lowest = min(lowest, similarity[:right].min())
        return found.tolist(), lowest

    powell, anybody = (_faces_of(sorted(LFW.glob(pattern))) for pattern in ("Colin_Powell/*.jpg", "*/*.jpg"))
    others = np.array([face for face in anybody if not (face == powell).all(axis=1).any()])
    (right, wrong, first), lowest = drawn(powell, others, 200)
    print(f"\nLFW: {right} of 38000 right (lowest {lowest:.2f}), {wrong} of 2000 wrong, all first in {first} of 200")
    assert right == 0
    assert wrong >= 1990
    assert first == 200

    orl = _faces_of([item.path for item in orl_faces().items]).reshape(40, 10, -1)
    whole = np.concatenate([similarity_to_others(person, np.arange(10)) for person in orl])
    print(f"ORL: {(whole < UNLIKE).sum()} of 400 right (lowest {whole.min():.2f})")
    every = [drawn(orl[place], np.delete(orl, place, axis=0).reshape(390, -1), 10)[0] for place in range(40)]
    right, wrong, first = np.sum(every, axis=0)
    print(f"ORL: {right} of 3600 right, {wrong} of 400 wrong, first in {first} of 400")
    assert (whole > UNLIKE).all()
    assert right == 0
    assert wrong >= 395
    assert first == 400


def _faces_of(paths: list[Path]) -> np.ndarray:
    return embed_photos(Photos(paths), Embedder(FACES, extractors.create(FACES))).matrix
