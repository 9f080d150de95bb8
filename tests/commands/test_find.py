"""`bench find`: what it calls the album, and what it reads before it begins."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from facebench.data import ME
from facebench.data.labels import Label, Labels, read_labels, write_labels

Bench = Callable[..., tuple[int, str, str]]


@pytest.fixture
def album(orl: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one photo, beside a table that confirms it; the command runs beside them."""
    folder = tmp_path / "Pictures"
    folder.mkdir()
    shutil.copy(orl[0], folder)
    monkeypatch.chdir(tmp_path)
    write_labels(tmp_path / "labels.csv", [Label(f"Pictures/{orl[0].name}", "Anna", None, "confirmed")])
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts how often each table is read."""
    counts = Counter[str]()

    def counted(file: str | Path) -> Labels:
        counts[Path(file).name] += 1
        return read_labels(file)

    monkeypatch.setattr("facebench.data.labels.read_labels", counted)
    return counts


@pytest.mark.parametrize("what", ["does not exist", "is a file"])
def test_a_folder_that_is_none_is_called_as_in_the_help(
    what: str, album: Path, orl: list[Path], command: Bench
) -> None:
    folder = Path("gone") if what == "does not exist" else Path("labels.csv")
    code, shown, message = command("find", "--me", orl[1], folder, "-o", "me.html")
    assert (code, shown) == (2, "")
    assert f"Error: ALBUM {folder} {what}: give a folder of photos." in message
    assert "ALBUM" in command("find", "--help")[1]


def test_other_commands_call_it_data(tmp_path: Path, command: Bench) -> None:
    for name in ("check", "embed"):
        options = () if name == "check" else ("--extractor", "colour", "-o", tmp_path / "v.npz")
        assert f"DATA {tmp_path / 'gone'} does not exist" in command(name, tmp_path / "gone", *options)[2]


@pytest.mark.parametrize("output", ["labels.csv", "./labels.csv", "link.csv"])
def test_a_table_that_is_taken_over_and_replaced_is_read_once(
    output: str, album: Path, orl: list[Path], command: Bench, read: Counter[str]
) -> None:
    Path("link.csv").symlink_to("labels.csv")
    assert command("find", "--me", orl[1], album, "--labels", "labels.csv", "-o", output)[0] == 0
    assert read.total() == 1
    assert [(row.person, row.state) for row in read_labels(output).rows] == [("Anna", "confirmed")]


def test_two_tables_are_read_once_each(album: Path, orl: list[Path], command: Bench, read: Counter[str]) -> None:
    write_labels(Path("new.csv"), [Label("Pictures/1.pgm", ME, None, "unreviewed")])
    assert command("find", "--me", orl[1], album, "--labels", "labels.csv", "-o", "new.csv")[0] == 0
    assert read == {"labels.csv": 1, "new.csv": 1}


@pytest.mark.parametrize("options", [(), ("--labels", "other.csv")], ids=["no labels", "other labels"])
def test_decisions_that_nobody_takes_over_are_kept(
    options: tuple[str, ...], album: Path, orl: list[Path], command: Bench, read: Counter[str]
) -> None:
    write_labels(Path("other.csv"), [])
    before = Path("labels.csv").read_bytes()
    code, _, message = command("find", "--me", orl[1], album, "-o", "labels.csv", *options)
    assert code == 2
    assert "--output labels.csv has 1 decision, which would be lost: give --labels labels.csv" in message
    assert read["labels.csv"] == 1
    assert Path("labels.csv").read_bytes() == before


def test_a_table_of_something_else_is_not_replaced(album: Path, orl: list[Path], command: Bench) -> None:
    Path("mine.csv").write_text("name,born\nAnna,1990\n")
    message = command("find", "--me", orl[1], album, "-o", "mine.csv")[2]
    assert "--output mine.csv exists and was not written by this command" in message
    assert Path("mine.csv").read_text() == "name,born\nAnna,1990\n"


def test_a_damaged_table_that_is_to_be_taken_over_is_told_with_its_line(
    album: Path, orl: list[Path], command: Bench
) -> None:
    with Path("labels.csv").open("a") as stream:
        stream.write("b.jpg,Bob,,perhaps\n")
    message = command("find", "--me", orl[1], album, "--labels", "labels.csv", "-o", "labels.csv")[2]
    assert "labels.csv, line 3: the state 'perhaps' is not known" in message
