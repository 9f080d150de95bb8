"""The sample of what is not proposed: what is drawn, in which order, and what is known of it the next time."""

from dataclasses import replace
from pathlib import Path

import pytest
from facebench.album import Album, AlbumFace, AlbumPhoto, labels_of
from facebench.album import _sample as sample
from facebench.album._sample import draws_of_faces, draws_of_photos
from facebench.data.labels import Draw, read_labels, write_labels
from hypothesis import given
from hypothesis import strategies as st


def made(likeness: list[float], faceless: int = 0, proposed: int = 1) -> Album:
    """Return an album with a face that is proposed, others of these likenesses, and photos without a face."""
    count = proposed + len(likeness)
    photos = tuple(AlbumPhoto(f"{n}.jpg", f"{n}.jpg", f"{n:064}") for n in range(count + faceless))
    faces = [AlbumFace(n, (0, 0, 9, 9), 0.9, "surely") for n in range(proposed)]
    faces += [AlbumFace(proposed + n, (0, 0, 9, 9), like, "surely not", n) for n, like in enumerate(likeness)]
    return Album(Path(), photos, tuple(faces), tuple(range(count, count + faceless)), {}, "sface")


@given(st.lists(st.floats(-1, 0.34), max_size=120), st.integers(0, 20))
def test_everything_is_drawn_once_but_what_is_proposed(likeness: list[float], faceless: int) -> None:
    album = made(likeness, faceless)
    faces, photos = draws_of_faces(album), draws_of_photos(album)
    assert sorted(faces) == list(range(1, 1 + len(likeness)))
    assert sorted(photos) == list(album.faceless)
    for stratum in ("near", "middle", "far", "none"):
        of = [draw for draw in (*faces.values(), *photos.values()) if draw.stratum == stratum]
        assert sorted(draw.rank for draw in of) == list(range(1, len(of) + 1))
        assert {draw.size for draw in of} <= {len(of)}
    near = [album.faces[face].likeness for face, draw in faces.items() if draw.stratum == "near"]
    far = [album.faces[face].likeness for face, draw in faces.items() if draw.stratum == "far"]
    assert min(near, default=1) >= max(far, default=-1)


def test_the_likest_twentieth_is_near_and_the_next_fifth_in_the_middle() -> None:
    strata = [draw.stratum for draw in draws_of_faces(made([n / 1000 for n in range(200)])).values()]
    assert [strata.count(stratum) for stratum in ("near", "middle", "far")] == [10, 40, 150]


def test_the_order_is_random_and_depends_on_no_place_in_the_album() -> None:
    album = made([0.1] * 300)
    later = replace(album, faces=(*album.faces[:1], *reversed(album.faces[1:])))
    first, then = in_order(album), in_order(later)
    assert first != sorted(first)
    assert [photo for photo in first if photo in then] == [photo for photo in then if photo in first]


def in_order(album: Album) -> list[int]:
    """Return the photos of the faces far from the examples, in the order of the draw."""
    far = [(draw.rank, face) for face, draw in draws_of_faces(album).items() if draw.stratum == "far"]
    return [album.faces[face].photo for _, face in sorted(far)]


def test_not_too_many_photos_without_a_face_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "MOST_FACELESS", 3)
    draws = draws_of_photos(made([], 10))
    assert [(draw.rank, draw.size) for draw in draws.values()] == [(1, 10), (2, 10), (3, 10)]


def test_labels_hold_the_draws_and_a_row_for_each_photo_that_was_drawn() -> None:
    album = made([0.1, 0.2], 2)
    labels = labels_of(album)
    assert labels[0].draw is None
    assert [str(label.draw) for label in labels[1:3]] == [str(draws_of_faces(album)[face]) for face in (1, 2)]
    assert [(label.person, label.box, label.state) for label in labels[3:]] == [("", None, "unreviewed")] * 2
    assert [label.draw for label in labels[3:]] == list(draws_of_photos(album).values())


def test_what_was_looked_at_is_known_the_next_time(orl: list[Path], tmp_path: Path) -> None:
    album = made([0.1, 0.2], 2)
    photos = [replace(photo, file=str(tmp_path / photo.name)) for photo in album.photos]
    for photo, path in zip(photos, orl, strict=False):
        Path(photo.file).write_bytes(path.read_bytes())
    album = replace(album, photos=tuple(photos))
    before = labels_of(album)
    before[1] = replace(before[1], state="confirmed", draw=replace(before[1].draw or Draw("", "far", 1, 1), seen=False))
    before[2] = replace(before[2], state="rejected")
    before[3] = replace(before[3], person="me", state="confirmed")
    write_labels(tmp_path / "labels.csv", before)
    assert labels_of(album, read_labels(tmp_path / "labels.csv")) == before
