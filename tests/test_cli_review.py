"""`bench predict --review`: the page beside the answers, what it takes over, and what is refused before the work."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from facebench.benchmarks import Settings
from facebench.bundles import Bundle, _review, train_bundle
from facebench.data import ME, people_folder
from facebench.data.labels import Label, write_labels
from facebench.embeddings.store import VectorStore

Bench = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, orl: list[Path]) -> Path:
    """A folder with me.facebench, which knows s1 by whole photos, and an album: two photos of s1, one of s2."""
    folder = tmp_path_factory.mktemp("work")
    for person in range(1, 5):
        (folder / "people" / f"s{person}").mkdir(parents=True)
        for photo in orl[10 * (person - 1) :][:6]:
            shutil.copy(photo, folder / "people" / f"s{person}")
    settings = Settings(extractors=["mobilenet"], heads=["logreg"], target="s1", repeats=1)
    train_bundle(people_folder(folder / "people"), settings, store=VectorStore()).save(folder / "me.facebench")
    (folder / "album").mkdir()
    for name, photo in {"a.pgm": 6, "b.pgm": 7, "c.pgm": 16}.items():
        shutil.copy(orl[photo], folder / "album" / name)
    return folder


@pytest.fixture
def bench(work: Path, command: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs `bench predict me.facebench` beside the album: exit code, output, messages."""

    def bench(*arguments: str | Path) -> tuple[int, str, str]:
        return command("predict", "me.facebench", *arguments)

    monkeypatch.chdir(work)
    return bench


@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_the_page_comes_beside_the_answers(style: str, bench: Bench, tmp_path: Path) -> None:
    page = tmp_path / "new.html"
    without, with_page = bench("album", "--format", style), bench("album", "--format", style, "--review", page)
    assert with_page[:2] == without[:2] != (0, "")
    assert with_page[2] == (
        f"{without[2]}{page}, for your eyes only (mode 0600): open it in a browser, correct what is wrong, save "
        "labels.csv, then bench train --labels labels.csv --extractor mobilenet --head logreg -o me.facebench\n"
    )
    assert page.stat().st_mode & 0o777 == 0o600
    said = page.read_text()
    assert said.count('"likeness":') == 3
    assert 'data-measure="Probability"' in said


def test_the_exit_code_says_whether_i_am_on_one(bench: Bench, tmp_path: Path) -> None:
    assert bench("album/c.pgm", "--review", tmp_path / "new.html")[0] == 1
    assert (tmp_path / "new.html").exists()


def test_a_page_replaces_an_older_one_and_takes_labels_over(bench: Bench, work: Path, tmp_path: Path) -> None:
    page, table = tmp_path / "new.html", tmp_path / "labels.csv"
    other = Label("/elsewhere/d.jpg", ME, None, "confirmed")
    write_labels(table, [Label(str(work / "album" / "c.pgm"), "Zoë", None, "confirmed"), other])
    before = table.read_bytes()
    bench("album", "--review", page)
    decision = '"person":"Zo\\u00eb","state":"confirmed"'
    assert decision not in page.read_text()
    assert bench("album", "--review", page, "--labels", table)[0] == 0
    assert decision in page.read_text()
    assert '["/elsewhere/d.jpg","me","","confirmed",""]' in page.read_text()
    assert table.read_bytes() == before


def test_a_bundle_stays_as_it_is(bench: Bench, work: Path, tmp_path: Path) -> None:
    before = (work / "me.facebench").read_bytes()
    bench("album", "--review", tmp_path / "new.html")
    assert (work / "me.facebench").read_bytes() == before


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever looks at a photo fails."""
    monkeypatch.setattr(Bundle, "look", None)
    return


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--review", "new.csv"], "--review new.csv does not end in .html."),
        (["--review", "mine.html"], "--review mine.html exists and was not written by this command"),
        (["--review", "nowhere/new.html"], "there is no folder nowhere. Make it first."),
        (
            ["--labels", "labels.csv"],
            "--labels FILE goes with --review PAGE.html: the page takes over what it decides.",
        ),
        (["--review", "new.html", "--labels", "gone.csv"], "gone.csv"),
        (["--review", "new.html", "--labels", "mine.html"], "mine.html"),
    ],
)
def test_a_slip_is_refused_before_the_work(options: list[str], complaint: str, bench: Bench, work: Path) -> None:
    (work / "mine.html").write_text("my own page")
    write_labels(work / "labels.csv", [])
    code, shown, told = bench("album", *options)
    assert (code, shown) == (2, "")
    assert told.startswith("Error: ")
    assert complaint in told
    assert not (work / "new.html").exists()
    assert (work / "mine.html").read_text() == "my own page"


def test_ctrl_c_leaves_the_older_page(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "new.html"
    bench("album", "--review", page)
    before, whole = page.read_bytes(), _review.album_page

    def pressed(*arguments: object) -> Iterator[bytes]:
        yield next(iter(whole(*arguments)))  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(_review, "album_page", pressed)
    code, _, told = bench("album", "--review", page)
    assert code == 130
    assert told.endswith("Interrupted. Vectors are saved: the next start resumes there.\n")
    assert page.read_bytes() == before
    assert list(tmp_path.iterdir()) == [page]
