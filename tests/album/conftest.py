"""An album of ORL faces with made-up proposals and groups, names that would be markup, and a browser for the page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from facebench.album._album import Album, AlbumFace, AlbumPhoto, Band
from facebench.data import Photo, orl_faces
from facebench.data.labels import Label, read_labels
from PIL import Image

from ..browser import chromium

#: Names of files that a page must show as text: the second has folders, as a slash parts them.
MARKUP = ("<img src=x onerror=alert(1)>.png", "</script><script>alert(1)</script>.png", "=1+1, \"2\" 'é'.png")

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    """Three doubtful faces on one wide photo and two, ten sure ones, groups of ten, eight and two, and two single."""
    return made_album(tmp_path_factory.mktemp("album"))


def made_album(folder: Path) -> Album:
    people: dict[str, list[Path]] = {}
    for item in orl_faces().items:
        people.setdefault(item.person or "", []).append(item.path)
    first, second, third, fourth, fifth, *rest = people.values()
    album = Maker(folder)
    album.add(first[:2], "perhaps", 0.41, 0.38, name=MARKUP[0])
    album.add(first[2:3], "perhaps", 0.36, name=MARKUP[1])
    for number, path in enumerate(second):
        album.add([path], "surely", 0.9 - number / 25)
    for person, paths in enumerate((third, fourth[:8], fifth[:2], rest[0][:1], rest[1][:1])):
        for path in paths:
            album.add([path], "surely not", 0.1, person=person, name=MARKUP[2] if path == fourth[0] else "")
    for number in range(3):
        album.add_faceless(number)
    return Album(folder, tuple(album.photos), tuple(album.faces), tuple(album.faceless), {"no_face_found": 3}, "sface")


class Maker:
    """Puts ORL photos, side by side, into new photos of an album."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.photos, self.faces = folder, list[AlbumPhoto](), list[AlbumFace]()
        self.faceless = list[int]()

    def add(self, paths: list[Path], band: Band, *likeness: float, person: int | None = None, name: str = "") -> None:
        file = self.folder / (name or f"{len(self.photos)}.png")
        file.parent.mkdir(parents=True, exist_ok=True)
        whole = Image.new("RGB", (92 * len(paths), 112))
        for number, path in enumerate(paths):
            whole.paste(Image.open(path), (92 * number, 0))
        photo = self._saved(whole, file)
        for number in range(len(paths)):
            box = (92 * number + 16, 20, 92 * number + 76, 100)
            self.faces.append(AlbumFace(len(self.photos), box, likeness[number], band, person))
        self.photos.append(photo)

    def add_faceless(self, number: int) -> None:
        """Add a picture of one colour."""
        file = self.folder / f"faceless {number}.png"
        self.faceless.append(len(self.photos))
        self.photos.append(self._saved(Image.new("RGB", (160, 90), (40 * number, 90, 160)), file))

    def _saved(self, whole: Image.Image, file: Path) -> AlbumPhoto:
        whole.save(file)
        return AlbumPhoto(str(file), file.relative_to(self.folder).as_posix(), Photo(file).key)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, without a window."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def opened(browser: Any, file: Path) -> Iterator[Open]:
    """Return a function that opens a module's page, `file`; whatever it says or asks for beside it is an error."""
    contexts, said = [], []

    def opened(width: int = 1280, theme: str = "light", file: Path = file, before: str = "") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(before or "0")
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("request", lambda request: said.append(request.url) if not _ours(request.url, file) else None)
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []


def _ours(url: str, file: Path) -> bool:
    return url == file.as_uri() or url.startswith(("data:", "blob:"))


def saved(page: Any, tmp_path: Path) -> list[Label]:
    """Return the labels that a page saves."""
    with page.expect_download() as download:
        page.locator("#save").click()
    assert download.value.suggested_filename == "labels.csv"
    file = tmp_path / "labels.csv"
    download.value.save_as(file)
    return list(read_labels(file).rows)
