"""Folders that show the people of others are told from people, by pictures and by faces."""

import numpy as np
import pytest
from facebench.benchmarks.statistics import _mixed_folders, mixed_by_faces, mixed_by_pictures, mixed_folders


def faces(folders: dict[str, list[int]], noise: float = 0.02) -> tuple[list[str], np.ndarray]:
    """Return folders and vectors of the people in them, by their numbers."""
    draw = np.random.default_rng(1)
    centres = draw.normal(size=(40, 64))
    people = [name for name, shown in folders.items() for _ in shown]
    vectors = centres[[number for shown in folders.values() for number in shown]]
    return people, (vectors + draw.normal(0, noise, vectors.shape)).astype(np.float32)


PEOPLE = {f"p{number}": [number] * 6 for number in range(10)}


def test_people_are_not_mixed() -> None:
    for noise in (0.01, 0.3, 1.0):
        assert mixed_by_faces(*faces(PEOPLE, noise)) == {}


@pytest.mark.parametrize("each", [1, 5])
def test_a_folder_of_crops_of_five_people_is(each: int) -> None:
    people, vectors = faces(PEOPLE)
    crops = [6 * number + photo for number in range(5) for photo in range(each)]
    noise = np.random.default_rng(2).normal(0, 0.005, (len(crops), vectors.shape[1]))
    people, vectors = people + ["cropped"] * len(crops), np.concatenate([vectors, vectors[crops] + noise])
    assert mixed_by_faces(people, vectors) == {"cropped": ["p0", "p1", "p2", "p3", "p4"]}


def test_who_is_in_three_of_such_folders_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = PEOPLE | {name: list(range(8)) for name in ("cropped", "aligned", "friends")}
    monkeypatch.setattr(_mixed_folders, "_TOGETHER", 7)
    assert set(mixed_by_faces(*faces(folders))) <= {"cropped", "aligned", "friends"}


def test_twins_and_a_few_wrong_photos_are_not() -> None:
    assert mixed_by_faces(*faces(PEOPLE | {"twin": [3] * 6})) == {}
    assert mixed_by_faces(*faces(PEOPLE | {"p0": [0] * 6 + [1, 2, 3]})) == {}


def test_nobody_is_judged_by_what_is_not_known() -> None:
    assert mixed_by_faces([None, None, None, "me"], np.eye(4, dtype=np.float32)) == {}
    assert mixed_by_faces(["a", "b", "c", "d"], np.eye(4, dtype=np.float32)) == {}
    assert mixed_by_faces([], np.empty((0, 4), np.float32)) == {}


def test_pictures_shared_with_several_others_tell_too() -> None:
    people = ["crops"] * 4 + ["anna", "bob", "carl", "dora"]
    pairs = [(0, 4), (1, 5), (2, 6)]
    assert mixed_by_pictures(people, pairs) == {"crops": ["anna", "bob", "carl"]}
    assert mixed_by_pictures(people, pairs[:2]) == {}
    assert mixed_by_pictures([*people, *["crops"] * 20], pairs) == {}


def test_albums_of_one_person_are_told_once() -> None:
    people, vectors = faces({name: [0] * 6 for name in ("Rome", "Paris", "Oslo", "Bern", "Riga", "Turin", "Ghent")})
    found = mixed_by_faces(people, vectors)
    [(what, advice)] = mixed_folders(found, 7, "faces")
    assert "and 1 more show the faces of one another" in what
    assert "--me DIR" in advice
