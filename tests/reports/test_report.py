"""The page as a file: private, ours to replace, small, whole whatever a run lacks; names are text in it."""

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from facebench.benchmarks.comparison import compare_runs
from facebench.benchmarks.results import RunFolder
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError, printable
from facebench.reports import Report, write_report
from facebench.reports._page import comparison_of
from facebench.reports._template import render_page
from hypothesis import given, settings
from hypothesis import strategies as st

MARKUP = "<img src=x onerror=alert(1)>"
PAIRINGS = [(extractor, head) for extractor in ("mobilenet", "face_recognition") for head in ("mlp", "logreg", "svm")]

Change = Callable[..., None]
PageOf = Callable[[str], Any]


def report_of(run: Path, file: Path, *, photos: bool = False) -> Report:
    store = VectorStore(run.parents[1] / "vectors.sqlite")
    try:
        return write_report([run], file, photos=photos, store=store)
    finally:
        store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test writes its report, in a folder of its own."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "report.html"


def test_a_report_holds_all_its_parts(run: Path, file: Path, page_of: PageOf) -> None:
    written = report_of(run, file)
    source = file.read_text(encoding="utf-8")
    page = page_of(source)
    assert (written.comparisons, written.runs, written.photos, written.notes) == (1, 1, False, [])
    assert written.size == len(source.encode())
    for heading in (
        "The table",
        "ROC and DET curves",
        "Scores and thresholds",
        "Maps of the vectors",
        "Decisions of the best pairing",
        "Look-alikes",
        "The run",
    ):
        assert heading in page.text
    assert re.search(r"Confusion matrix of colour x \w+, all 8 tests together", page.text)
    assert re.search(r"Best: colour x \w+ with a balanced accuracy of \d", page.text)
    assert "Photos that could not be read: 1" in page.text
    assert "1 .txt" in page.text
    assert page.tags.count("h1") == page.tags.count("h2") == page.tags.count("main") == 1
    # 2 pairings of one extractor: ROC, ROC at low rates and DET, a histogram each, and a map.
    assert sum(name == "class" and value == "chart" for _, name, value in page.attributes) == 6


def test_a_report_loads_nothing_and_runs_nothing_but_its_own(run: Path, file: Path, page_of: PageOf) -> None:
    report_of(run, file, photos=True)
    source = file.read_text(encoding="utf-8")
    page = page_of(source)
    [policy] = [value for _, name, value in page.attributes if name == "content" and "default-src" in value]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert policy.endswith("img-src data:; base-uri 'none'; form-action 'none'")
    assert "unsafe" not in policy
    for tag, name, value in page.attributes:
        assert name != "style", tag
        assert not name.startswith("on"), tag
        if name in ("src", "href"):
            assert value.startswith(("data:", "#")), value
    assert not {"iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not re.search(r"@import|url\(", source)


def test_faces_are_in_it_only_if_asked_for(run: Path, file: Path, page_of: PageOf) -> None:
    for photos in (False, True):
        written = report_of(run, file, photos=photos)
        page = page_of(file.read_text(encoding="utf-8"))
        assert written.photos == photos
        assert ("img" in page.tags) == photos
        assert ("image/jpeg" in file.read_text(encoding="utf-8")) == photos


def test_names_that_are_markup_are_text(run: Path, file: Path, page_of: PageOf, change: Change) -> None:
    change(run, lambda content: content["warnings"].append(f"a warning {MARKUP}"))
    change(run, lambda content: content["dataset"].update(title=f"photos {MARKUP}"))
    report_of(run, file, photos=True)
    source = file.read_text(encoding="utf-8")
    page = page_of(source)
    assert MARKUP not in source
    assert not [value for tag, name, value in page.attributes if tag == "img" and name == "src" and value == "x"]
    for text in (
        f"{MARKUP}/",  # of a person
        f"s2/{MARKUP}.png",
        f"s3/damaged {MARKUP}.png",
        f"bench run --data '{MARKUP}'",
        f"a warning {MARKUP}.",
        f"photos {MARKUP}: 8 people in turn",
    ):
        assert text in page.text, text
    assert f"photos {MARKUP} - facebench" in page.text  # its title


names = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=30) | st.sampled_from(
    [
        MARKUP,
        "</script><script>alert(1)</script>",
        "]]>",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "'\" onload='",
        "&lt;b&gt;",
        "\x1b[2J",
    ]
)


@pytest.fixture(scope="module")
def plain(made_up: Callable[..., Any], page_of: PageOf) -> Any:
    """A page with plain names only."""
    return page_of(_render(made_up, "target", "photo", "title", "warning", "command"))


@settings(max_examples=25, deadline=None)
@given(st.lists(names, min_size=5, max_size=5, unique=True))
def test_no_name_ever_breaks_out_of_its_place(
    made_up: Callable[..., Any], page_of: PageOf, plain: Any, chosen: list[str]
) -> None:
    target, photo, title, warning, command = chosen
    strange = page_of(_render(made_up, *chosen))

    def kept(page: Any) -> list[str]:  # lines may end elsewhere
        return [tag for tag in page.tags if tag not in ("wbr", "span")]

    assert kept(strange) == kept(plain)
    assert {(tag, name) for tag, name, _ in strange.attributes} == {(tag, name) for tag, name, _ in plain.attributes}
    for name in (target, f"{photo}/0.jpg", title, warning, command):
        assert printable(name) in strange.text


def _render(made_up: Callable[..., Any], target: str, photo: str, title: str, warning: str, command: str) -> str:
    photos = [(f"{photo}/{number}.jpg", target if number < 4 else f"{number}") for number in range(12)]
    result, rows = made_up([("e", "h")], [target], photos, title=title, warnings=(warning,), command=command)
    [group] = compare_runs([("0001", result)], predictions={"0001": rows})
    comparison = comparison_of(group, {"0001": Path("0001")}, [], {}, None, photos=False)
    return render_page(title, [comparison], "", "today", "rank\n1\n").encode().decode()


def test_a_report_of_fifty_people_is_small(made_up: Callable[..., Any], tmp_path: Path) -> None:
    photos = [(f"somebody/{number}.jpg", "somebody") for number in range(80)]
    result, rows = made_up(PAIRINGS, [f"person {number}" for number in range(50)], photos)
    folder = RunFolder(tmp_path, "many")
    folder.save(result, rows)
    written = write_report([folder.path], tmp_path / "report.html")
    assert written.size < 500_000


def test_a_run_without_rows_still_has_a_page(run: Path, file: Path, page_of: PageOf) -> None:
    (run / "predictions.csv").unlink()
    report_of(run, file, photos=True)
    page = page_of(file.read_text(encoding="utf-8"))
    assert "No test photos are kept with this run (predictions.csv)" in page.text
    assert "ROC and DET curves" in page.text
    assert "Scores and thresholds" not in page.text
    assert "img" not in page.tags


def test_a_run_that_ended_early_says_so(run: Path, file: Path, page_of: PageOf, change: Change) -> None:
    def cut(content: dict[str, Any]) -> None:
        content["status"] = "partial"
        content["pairings"] = content["pairings"][:2]  # the majority's and one more

    change(run, cut)
    report_of(run, file)
    page = page_of(file.read_text(encoding="utf-8"))
    assert "Run 0001-faces ended early." in page.text
    assert ", ended early" in page.text
    change(run, lambda content: content.update(pairings=content["pairings"][:1]))
    report_of(run, file)
    page = page_of(file.read_text(encoding="utf-8"))
    assert "majority" in page.text
    assert "ROC and DET curves" not in page.text


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda run: (run / "result.json").write_text("{"), "result.json is damaged"),
        (lambda run: (run / "predictions.csv").write_text("x\n"), "predictions.csv cannot be read or is damaged"),
    ],
    ids=["result", "rows"],
)
def test_a_damaged_run_is_told_and_nothing_is_written(
    damage: Callable[[Path], Any], complaint: str, run: Path, file: Path
) -> None:
    damage(run)
    with pytest.raises(FacebenchError, match=complaint):
        report_of(run, file)
    assert list(file.parent.iterdir()) == []


def test_a_run_that_tested_nothing_is_told(run: Path, file: Path, change: Change) -> None:
    change(run, lambda content: content.update(pairings=[]))
    with pytest.raises(FacebenchError, match="Nothing was tested in 0001-faces: bench run makes a new run"):
        report_of(run, file)


def test_old_runs_without_curves_have_none(run: Path, file: Path, page_of: PageOf, change: Change) -> None:
    def old(content: dict[str, Any]) -> None:
        for pairing in content["pairings"]:
            for target in pairing["targets"]:
                target["roc"] = None

    change(run, old)
    report_of(run, file)
    page = page_of(file.read_text(encoding="utf-8"))
    assert "ROC and DET curves" not in page.text
    assert "Scores and thresholds" in page.text


def test_tests_of_few_photos_have_no_det_curve(made_up: Callable[..., Any], tmp_path: Path, page_of: PageOf) -> None:
    result, rows = made_up([("e", "h")], ["ann"], [("a.jpg", "ann"), ("b.jpg", "bob"), ("c.jpg", "bob")], mine=1)
    folder = RunFolder(tmp_path, "few")
    folder.save(result, rows)
    write_report([folder.path], tmp_path / "report.html")
    page = page_of((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "too few photos for lower rates and a DET curve" in page.text


@pytest.mark.parametrize("umask", [0o000, 0o022], ids=oct)
def test_a_report_is_for_its_owner_alone_and_takes_the_place_of_an_older_one(umask: int, run: Path, file: Path) -> None:
    before = os.umask(umask)
    try:
        for _ in range(2):
            report_of(run, file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("report.txt", "does not end in .html or .htm"),
        ("nowhere/report.html", "there is no folder .*nowhere. Make it first"),
        ("theirs.html", "exists and was not written by this command: choose another name"),
        ("folder.html", "exists and was not written by this command"),
    ],
)
def test_a_place_that_a_report_must_not_take_is_refused(name: str, complaint: str, run: Path, file: Path) -> None:
    theirs = file.with_name("theirs.html")
    theirs.write_text("<meta name=generator content=word>" + " " * 2000 + '<meta name="generator" content="facebench')
    file.with_name("folder.html").mkdir()
    before = theirs.read_bytes()
    with pytest.raises(FacebenchError, match=complaint):
        report_of(run, file.parent / name)
    assert theirs.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["folder.html", "theirs.html"]


@pytest.mark.parametrize("version", ["0.1.0", "0.0.1.dev12+gabc", "1!2.0"])
def test_the_report_of_an_earlier_version_is_replaced(version: str, run: Path, file: Path) -> None:
    file.write_text(
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta name="generator" content="facebench {version}">\n'
    )
    report_of(run, file)
    assert len(file.read_bytes()) > 10_000


def test_the_same_run_gives_the_same_page(run: Path, file: Path) -> None:
    pages = []
    for _ in range(2):
        report_of(run, file, photos=True)
        pages.append(re.sub(r"Made \S+ \S+ UTC", "", file.read_text(encoding="utf-8")))
    assert pages[0] == pages[1]


def test_several_runs_are_a_section_for_each_set_of_photos(runs: Path, tmp_path: Path, page_of: PageOf) -> None:
    store = VectorStore(runs / "vectors.sqlite")
    written = write_report([runs / "0001-faces", runs / "0002-faces"], tmp_path / "report.html", store=store)
    store.close()
    page = page_of((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert (written.comparisons, written.runs) == (2, 2)
    assert page.tags.count("article") == 2
    assert "2 tables: rows are ranked only against rows tested on the same photos" in page.text
    links = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    assert {"#comparison-1", "#comparison-2"} <= set(links)


def test_the_contents_lead_to_every_part(run: Path, file: Path, page_of: PageOf) -> None:
    report_of(run, file)
    page = page_of(file.read_text(encoding="utf-8"))
    links = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href") and value.startswith("#")]
    parts = ["table", "rates", "scores", "maps", "decisions", "lookalikes", "slices", "runs"]
    assert links == [f"#{part}-1" for part in parts]
    assert {link.removeprefix("#") for link in links} <= {value for _, name, value in page.attributes if name == "id"}


def test_the_tables_can_be_saved_as_the_comparison_prints_them(
    runs: Path, file: Path, page_of: PageOf, command: Callable[..., tuple[int, str, str]]
) -> None:
    code, printed, _ = command("compare", "--runs", runs, "--format", "csv")
    write_report([runs / "0001-faces", runs / "0002-faces"], file)
    page = page_of(file.read_text(encoding="utf-8"))
    [link] = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href") and "csv" in value]
    assert code == 0
    assert unquote(link.removeprefix("data:text/csv;charset=utf-8,")) == printed
    assert printed.count("\n") == 7  # a header, two pairings and the majority of each run
    assert ("a", "download", "facebench.csv") in page.attributes


def test_what_the_title_says_is_not_said_again(run: Path, file: Path, page_of: PageOf) -> None:
    report_of(run, file)
    text = page_of(file.read_text(encoding="utf-8")).text
    assert "faces: 8 people in turn" in text
    assert "faces: 47 photos" not in text
    assert re.search(r"\.\d+ photos, 8 people; 8 people in turn as the target", text)
