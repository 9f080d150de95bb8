"""The loop in a real browser: what a recogniser said is corrected on its page, and the next one learns from that."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.benchmarks import Settings
from facebench.bundles import Bundle, train_bundle
from facebench.cli import app
from facebench.data import ME, people_folder
from facebench.embeddings.store import VectorStore
from typer.testing import CliRunner

from .conftest import Open, saved

#: Photos of s1 to s4 that the recogniser has not seen.
NEW = 5


@pytest.fixture(scope="module")
def folder(orl: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recogniser of s1 by whole photos, `me.facebench`, and its page about photos new to it."""
    folder = tmp_path_factory.mktemp("loop")
    (folder / "album").mkdir()
    for person in range(1, 5):
        (folder / "people" / f"s{person}").mkdir(parents=True)
        of_person = orl[10 * (person - 1) :][:10]
        for photo in of_person[NEW:]:
            shutil.copy(photo, folder / "people" / f"s{person}")
        for photo in of_person[:NEW]:
            shutil.copy(photo, folder / "album" / f"{person}-{photo.name}")
    settings = Settings(extractors=["mobilenet"], heads=["logreg"], target="s1", repeats=1)
    train_bundle(people_folder(folder / "people"), settings, store=VectorStore()).save(folder / "me.facebench")
    bench("predict", folder / "me.facebench", folder / "album", "--review", folder / "new.html")
    return folder


def bench(*arguments: object) -> None:
    done = CliRunner().invoke(app, [*map(str, arguments)])
    assert done.exit_code == 0, done.stderr


@pytest.fixture(scope="module")
def file(folder: Path) -> Path:
    return folder / "new.html"


def face_on(page: Any, name: str) -> Any:
    """Return the tile of the face on a photo, not the one in the sample."""
    return page.locator(f".tile:not(.drawn) .face[title='{name}']")


def test_a_correction_trains_the_next_recogniser(
    opened: Open, folder: Path, tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    page, before = opened(), (folder / "me.facebench").read_bytes()
    assert page.locator("h1 + .lead").inner_text() == "Is the recogniser right about these faces?"
    proposed = page.locator("#perhaps .face, #surely .face").evaluate_all("(all) => all.map(({ title }) => title)")
    assert "4-5.pgm" in proposed  # the recogniser takes it for s1, and is corrected
    face_on(page, "4-5.pgm").click()
    assert page.locator("#closer-facts").inner_text().startswith("Probability 0.")
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    page.locator("#closer").wait_for(state="hidden")
    for number in range(1, NEW + 1):
        face_on(page, f"1-{number}.pgm").focus()
        page.keyboard.press("y")
    page.locator("#all-other").click()
    rows = saved(page, tmp_path)
    assert {row.state for row in rows} == {"confirmed"}
    mine = [Path(row.path).name for row in rows if row.person == ME]
    assert mine == [f"1-{number}.pgm" for number in range(1, NEW + 1)]
    options = ["--extractor", "mobilenet", "--head", "logreg", "-o", tmp_path / "next.facebench"]
    code, _, told = command("train", "--labels", tmp_path / "labels.csv", *options)
    assert code == 0, told
    training = Bundle.load(tmp_path / "next.facebench").manifest.training
    assert (training.photos_of_me, training.photos_of_others) == (NEW, 3 * NEW)
    assert (folder / "me.facebench").read_bytes() == before


def test_a_page_that_nobody_touched_saves_no_decision(opened: Open, tmp_path: Path) -> None:
    rows = saved(opened(), tmp_path)
    assert {row.state for row in rows} == {"unreviewed"}
    assert "4-5.pgm" in [Path(row.path).name for row in rows if row.person == ME]


def test_what_the_browser_keeps_is_not_that_of_a_page_of_find(opened: Open) -> None:
    page = opened()
    face_on(page, "1-1.pgm").focus()
    page.keyboard.press("y")
    [key] = page.evaluate("Object.keys(localStorage)")
    assert key.startswith("facebench-review-")
