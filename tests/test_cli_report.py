"""`bench report`: from real runs to a page, and what it says of it."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from facebench.cli import main
from facebench.data import orl_faces

Bench = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of three people, one of one person, and a learning curve of that one."""
    folder = tmp_path_factory.mktemp("work")
    for item in orl_faces().items:
        if int(item.person[1:]) <= 12 and int(item.path.stem) <= 5:
            path = folder / "faces" / item.name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(item.path, path)
    extractor = ["--data", "faces", "--extractor", "face_recognition"]
    commands = [
        ["run", *extractor, "--head", "logreg", "--head", "mlp(epochs=3)", "--max-targets", "3"],
        ["run", *extractor, "--head", "logreg", "--head", "svm", "--target", "s5"],
        ["curve", *extractor, "--head", "logreg", "--target", "s5", "--photos", "4", "--draws", "2"],
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in commands:
            patch.setattr(sys, "argv", ["bench", *command])
            with pytest.raises(SystemExit, match="0"):
                main()
    return folder


@pytest.fixture
def bench(work: Path, command: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs the command in the folder of the runs: exit code, output, messages."""
    monkeypatch.chdir(work)
    return command


def test_all_runs_become_one_page(bench: Bench, work: Path) -> None:
    code, shown, messages = bench("report")
    assert (code, messages) == (0, "")
    assert shown.startswith("report.html: 2 comparisons of 2 runs, ")
    assert "It names photos and people: for your eyes only (mode 0600)." in shown
    page = (work / "report.html").read_text(encoding="utf-8")
    assert (work / "report.html").stat().st_mode & 0o777 == 0o600
    assert "image/jpeg" not in page
    assert page.count("<h3>Training</h3>") == page.count("<h3>Learning curve</h3>") == 1
    assert page.count("Where the time went") == 2
    assert "bench run --data faces --extractor face_recognition --head logreg --head svm --target s5" in page
    assert "bench curve --data faces" in page
    assert "ms/photo" in page


def test_chosen_runs_with_photos(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "two.html"
    code, shown, _ = bench("report", "2", "-o", str(file), "--photos")
    assert code == 0
    assert f"{file}: 1 comparison of 1 run, " in shown
    assert "It shows faces and names photos and people: for your eyes only (mode 0600)." in shown
    page = file.read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") > 10
    assert "The frame is the face that the extractor looked at." in page


def test_photos_that_are_gone_and_a_damaged_curve_are_told(bench: Bench, work: Path, tmp_path: Path) -> None:
    curve = work / "runs" / "0003-faces-curve" / "curve.json"
    before = curve.read_bytes()
    (work / "faces").rename(work / "elsewhere")
    curve.write_text("{")
    try:
        code, shown, messages = bench("report", "1", "-o", str(tmp_path / "x.html"), "--photos")
    finally:
        (work / "elsewhere").rename(work / "faces")
        curve.write_bytes(before)
    assert code == 0
    assert "It names photos and people" in shown
    assert "Note: The learning curve " in messages
    assert "Note: No nearest training photos: The photos of this run are not where they were." in messages
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "No photos: The photos of this run are not where they were." in page
    assert "image/jpeg" not in page


def test_reports_and_pages_of_find_do_not_replace_one_another(bench: Bench, tmp_path: Path) -> None:
    report, page = tmp_path / "report.html", tmp_path / "me.html"
    commands = (("report", "-o"), report, page), (("find", "--me", "faces/s1/1.pgm", "faces/s1", "-o"), page, report)
    for command, own, _ in commands:
        assert bench(*command, str(own))[0] == 0
        assert bench(*command, str(own))[0] == 0
    before = report.read_bytes(), page.read_bytes()
    for command, _, other in commands:
        code, shown, message = bench(*command, str(other))
        assert (code, shown) == (2, "")
        assert f"--output {other} exists and was not written by this command: choose another name." in message
    assert (report.read_bytes(), page.read_bytes()) == before


@pytest.mark.parametrize("name", ["3", "0003-faces-curve", "runs/0003-faces-curve"])
def test_a_learning_curve_is_shown_by_bench_show(name: str, bench: Bench, work: Path) -> None:
    code, shown, messages = bench("show", name)
    assert (code, messages) == (0, "")
    assert "faces: s5, by photos of s5 used" in shown
    assert "| extractor | head | 4 |\n" in shown
    for option in (["--extractor", "face_recognition"], ["--examples", "x.png"]):
        code, shown, message = bench("show", name, *option)
        assert (code, shown) == (2, "")
        assert "is a learning curve, not a run" in message


def test_ctrl_c_is_one_line(bench: Bench, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("facebench.reports.write_report", interrupt)
    assert bench("report", "-o", str(tmp_path / "x.html")) == (130, "", "Interrupted. Nothing was written.\n")
    assert list(tmp_path.iterdir()) == []


MISTAKES = {
    "no runs": (["report", "--runs", "nowhere"], "nowhere holds no runs yet: bench run makes one"),
    "no such run": (["report", "7"], "No run '7' in runs."),
    "a learning curve": (
        ["report", "3"],
        "0003-faces-curve in runs is a learning curve, not a run: bench show 3 shows",
    ),
    "its folder": (["report", "runs/0003-faces-curve"], "0003-faces-curve in runs is a learning curve, not a run"),
    "another ending": (["report", "-o", "x.pdf"], "--output x.pdf does not end in .html or .htm"),
    "no folder": (["report", "-o", "nowhere/x.html"], "there is no folder nowhere"),
    "not ours": (["report", "-o", "mine.html"], "exists and was not written by this command"),
    "control characters": (["report", "-o", "evil\x1b[2J.pdf"], r"evil\x1b[2J.pdf"),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_message(arguments: list[str], says: str, bench: Bench, work: Path) -> None:
    (work / "mine.html").write_text("<p>mine</p>")
    code, shown, message = bench(*arguments)
    assert (code, shown) == (2, "")
    assert message.startswith("Error: ")
    assert says in message
    assert (work / "mine.html").read_text() == "<p>mine</p>"
