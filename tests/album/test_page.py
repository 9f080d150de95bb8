"""The page as a file: what is in it, what it may do, and how large it becomes."""

import base64
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.album import Album, AlbumFace, AlbumPhoto, labels_of
from facebench.album import _shown as shown
from facebench.album._page import MARK, album_page
from facebench.album._tiles import preview_of, tile_of
from facebench.data import Photo, orl_faces
from facebench.data.labels import Label
from PIL import Image

from .conftest import MARKUP


def page_of(album: Album, labels: list[Label] | None = None) -> str:
    return b"".join(album_page(album, labels or labels_of(album))).decode()


def photos_in(page: str) -> Any:
    return json.loads(page.split('<script type="application/json" id="photos">')[1].split("</script>", maxsplit=1)[0])


def size_of(picture: str) -> tuple[int, int]:
    return Image.open(io.BytesIO(base64.b64decode(picture))).size


def test_a_page_names_no_other_place_and_runs_its_own_script_alone(album: Album) -> None:
    page = page_of(album)
    assert MARK in page[:1000]
    assert not re.search(r"https?:|//[a-z]", page.split("<script")[0])
    [policy] = re.findall('Content-Security-Policy" content="([^"]*)"', html.unescape(page))
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert policy.endswith("img-src data:; base-uri 'none'; form-action 'none'")
    assert page.count("<script") == 3  # two hold data


def test_a_name_stays_text(album: Album) -> None:
    photos = photos_in(page_of(album))
    assert [photo["name"] for photo in photos[:2]] == [MARKUP[0], MARKUP[1]]
    assert page_of(album).count("</script>") == 3
    assert "<img src=x" not in page_of(album)


def test_every_face_has_a_tile_and_photos_of_doubtful_ones_a_preview(album: Album) -> None:
    photos = photos_in(page_of(album))
    assert [face["person"] for photo in photos for face in photo["faces"]] == [row.person for row in labels_of(album)]
    assert all(size_of(face["picture"]) for photo in photos for face in photo["faces"])
    doubtful = [any(face["band"] == "perhaps" for face in photo["faces"]) for photo in photos]
    assert [("preview" in photo) for photo in photos] == doubtful
    assert photos[0]["size"] == [184, 112]
    assert size_of(photos[0]["preview"]) == (184, 112)
    assert all(Path(photo["path"]).is_absolute() for photo in photos)


def test_faces_that_a_group_does_not_show_at_first_are_smaller(album: Album) -> None:
    photos = photos_in(page_of(album))
    sides = [max(size_of(face["picture"])) for photo in photos for face in photo["faces"] if face["group"] == 0]
    assert sides == [shown.TILE] * shown.FIRST + [shown.INNER_TILE] * 4


def test_many_doubtful_photos_have_smaller_previews_and_the_most_doubtful_one(
    album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "LARGE_PREVIEWS", 0)
    monkeypatch.setattr(shown, "SMALL", 50)
    monkeypatch.setattr(shown, "PREVIEWS", 1)
    photos = photos_in(page_of(album))
    assert ["preview" in photo for photo in photos[:2]] == [False, True]
    assert max(size_of(photos[1]["preview"])) == 50


def test_a_photo_that_has_gone_or_changed_has_no_picture(album: Album, tmp_path: Path) -> None:
    changed = tmp_path / "changed.png"
    Image.new("RGB", (50, 50)).save(changed)
    photos = (AlbumPhoto(str(tmp_path / "gone.png"), "gone.png", "key"), AlbumPhoto(str(changed), "changed.png", "key"))
    faces = tuple(AlbumFace(number, (0, 0, 9, 9), 0.4, "perhaps") for number in (0, 1))
    found = photos_in(page_of(Album(tmp_path, photos, faces, (), {}, "sface")))
    assert [photo["faces"][0]["picture"] for photo in found] == ["", ""]
    assert not any("preview" in photo for photo in found)


def test_labels_that_were_decided_and_those_of_other_photos_are_in_the_page(album: Album) -> None:
    labels = labels_of(album)
    labels[0] = Label(labels[0].path, "Anna", labels[0].box, "confirmed")
    labels.append(Label("/elsewhere/</script>.jpg", "Anna", None, "confirmed"))
    page = page_of(album, labels)
    assert photos_in(page)[0]["faces"][0]["state"] == "confirmed"
    assert r'[["/elsewhere/\u003c/script\u003e.jpg","Anna","","confirmed",""]]' in page


def test_an_album_without_faces_is_a_page_too(tmp_path: Path) -> None:
    assert photos_in(page_of(Album(tmp_path, (), (), (), {"no_face_found": 2}, "sface"))) == []
    assert "0 photos, 0 faces. Photos without a face: 2 no face found." in page_of(
        Album(tmp_path, (), (), (), {"no_face_found": 2}, "sface")
    )


@pytest.mark.parametrize("box", [(-30, -30, 20, 20), (80, 80, 200, 200), (500, 500, 600, 600), (10, 10, 10, 10)])
def test_a_box_may_reach_over_the_edges(box: tuple[int, int, int, int]) -> None:
    pixels = np.zeros((100, 90, 3), np.uint8)
    assert min(size_of(tile_of(pixels, box, 96))) >= 1


def test_a_tile_has_a_margin_and_is_not_enlarged() -> None:
    pixels = np.zeros((1000, 1000, 3), np.uint8)
    assert size_of(tile_of(pixels, (400, 400, 600, 600), 96)) == (96, 96)
    assert size_of(tile_of(pixels, (400, 400, 420, 440), 96)) == (60, 60)
    assert size_of(preview_of(pixels, 480)) == (480, 480)


def test_only_a_few_photos_are_ahead_of_what_is_written(album: Album) -> None:
    done: list[int] = []
    ahead = shown._ahead(lambda number: done.append(number) or number, range(1000))  # type: ignore[func-returns-value]
    assert next(ahead) == 0
    assert len(done) <= 13
    assert list(ahead) == list(range(1, 1000))


@pytest.mark.slow
def test_ten_thousand_faces_are_less_than_60_megabytes(tmp_path: Path) -> None:
    source = [item.path for item in orl_faces().items]
    photos, faces = [], []
    for number in range(10_000):
        file = tmp_path / f"{number}.jpg"
        turned = Image.open(source[number % 400]).convert("RGB").rotate(number // 400)
        turned.resize((368, 448)).save(file)
        photos.append(AlbumPhoto(str(file), file.name, Photo(file).key))
        band, person = ("perhaps", None) if number % 10 == 0 else ("surely not", number % 700)
        faces.append(AlbumFace(number, (64, 80, 304, 400), 0.4, band, person))  # type: ignore[arg-type]
    album = Album(tmp_path, tuple(photos), tuple(faces), (), {}, "sface")
    assert sum(map(len, album_page(album, labels_of(album)))) < 60_000_000
