"""The page in a real browser: faces are decided by mouse and keys, labels saved and loaded, nothing leaves it."""

import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from facebench.album import Album, labels_of
from facebench.album._page import album_page
from facebench.data import Proposal, Stratum, labelled_photos, orl_faces
from facebench.data.labels import Draw, Label, missed_share, write_labels

from .conftest import MARKUP, Maker, Open, saved

NO_STORAGE = (
    'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } })'
)


@pytest.fixture(scope="module")
def file(album: Album, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of an album."""
    file = tmp_path_factory.mktemp("page") / "me.html"
    file.write_bytes(b"".join(album_page(album, labels_of(album))))
    return file


def tile(page: Any, section: str, number: int = 0) -> Any:
    return page.locator(f"#{section} .face").nth(number)


def group(page: Any, number: int) -> Any:
    card = page.locator(".group").nth(number)
    card.scroll_into_view_if_needed()
    return card


def decided(rows: list[Label]) -> list[tuple[str, str]]:
    return [(row.person, row.state) for row in rows if row.state != "unreviewed"]


def load(page: Any, file: Path) -> str:
    page.locator("#said").evaluate("(said) => { said.textContent = ''; }")
    page.set_input_files("#file", file)
    page.locator("#said:not(:empty)").wait_for()
    return str(page.locator("#said").inner_text())


def test_a_page_that_nobody_touched_saves_what_was_proposed(opened: Open, album: Album, tmp_path: Path) -> None:
    assert saved(opened(), tmp_path) == labels_of(album)
    write_labels(tmp_path / "proposed.csv", labels_of(album))
    assert (tmp_path / "labels.csv").read_bytes() == (tmp_path / "proposed.csv").read_bytes()


def test_keys_decide_one_face_after_the_other(opened: Open, tmp_path: Path) -> None:
    page = opened()
    tile(page, "perhaps").focus()
    for key in "ynx":
        page.keyboard.press(key)
    # The least alike is first: the one on the photo of its own, then the right one of two on the first photo.
    assert decided(saved(page, tmp_path)) == [("", "rejected"), ("", "confirmed"), ("me", "confirmed")]
    assert page.locator("#decided").inner_text() == "3 of 35 decided"
    assert page.locator("#perhaps .count").inner_text() == "3 of 3 decided"
    page.locator("#perhaps .face").last.focus()
    for _ in range(3):
        page.keyboard.press("u")
    assert page.locator("#decided").inner_text() == "0 of 35 decided"
    assert page.evaluate("document.activeElement === document.querySelector('#perhaps .face')")
    assert page.locator("#undo").is_disabled()


def test_arrows_move_and_tab_passes_a_list(opened: Open) -> None:
    page = opened(width=700)
    tile(page, "surely").focus()
    columns = len(
        page.locator("#surely .tiles").evaluate("(list) => getComputedStyle(list).gridTemplateColumns").split()
    )
    places = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        places.append(page.evaluate("[...document.querySelectorAll('#surely .face')].indexOf(document.activeElement)"))
    assert places == [1, 1 + columns, columns, 0, 0]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('section').id") == "sample"


def test_sure_faces_are_confirmed_at_once_except_those_that_are_not(opened: Open, tmp_path: Path) -> None:
    page = opened()
    page.locator("#surely .tile").nth(1).get_by_role("button", name="somebody else").click()
    page.locator("#all-me").click()
    rows = decided(saved(page, tmp_path))
    assert sorted(rows) == [("", "confirmed")] + [("me", "confirmed")] * 9
    assert page.locator("#all-me").is_disabled()
    page.locator("#undo").click()
    assert page.locator("#decided").inner_text() == "1 of 35 decided"


def test_single_faces_are_somebody_elses_at_once(opened: Open, tmp_path: Path) -> None:
    page = opened()
    page.locator("#single .tile").first.get_by_role("button", name="me", exact=True).click()
    page.locator("#all-other").click()
    rows = saved(page, tmp_path)
    assert sorted(decided(rows)) == [("", "confirmed"), ("me", "confirmed")]
    assert page.locator("#all-other").is_disabled()


def test_a_doubtful_face_is_seen_on_its_photo(opened: Open, tmp_path: Path) -> None:
    page = opened()
    tile(page, "perhaps", 1).click()
    dialog = page.locator("#closer")
    assert dialog.locator("h2").inner_text() == MARKUP[0]
    box, photo = dialog.locator("#closer-box").bounding_box(), dialog.locator("#closer-image").bounding_box()
    assert box["x"] - photo["x"] == pytest.approx(photo["width"] * (92 + 16) / 184, abs=1)
    assert box["width"] == pytest.approx(photo["width"] * 60 / 184, abs=1)
    page.keyboard.press("y")  # and on to the next
    assert "Likeness 0.41" in dialog.inner_text()
    page.locator("#closer-who").fill("Bea")
    page.keyboard.press("Enter")
    assert "Decided: Bea" in dialog.inner_text()
    page.keyboard.press("ArrowLeft")
    page.locator("#closer-who").press("n")  # in a field a letter is a letter
    assert "Decided: me" in dialog.inner_text()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("[...document.querySelectorAll('#perhaps .face')].indexOf(document.activeElement)") == 1
    assert decided(saved(page, tmp_path)) == [("Bea", "confirmed"), ("me", "confirmed")]


def test_a_sure_face_has_no_preview_and_is_seen_larger(opened: Open) -> None:
    page = opened()
    tile(page, "surely").click()
    assert page.locator("#closer-box").is_hidden()
    assert page.locator("#closer-image").bounding_box()["width"] == 192


def test_groups_are_named_and_others_and_me(opened: Open, tmp_path: Path) -> None:
    page = opened()
    assert page.locator("#people .count").inner_text() == "0 of 3 decided"
    group(page, 0).locator("input[type=text]").fill(MARKUP[0])
    group(page, 0).get_by_role("button", name="Name").click()
    group(page, 1).get_by_role("button", name="Somebody else").click()
    group(page, 2).get_by_role("button", name="This is me").click()
    assert group(page, 0).locator("b").inner_text() == MARKUP[0]
    assert page.locator("img[src='x']").count() == 0
    rows = decided(saved(page, tmp_path))
    assert rows == [(MARKUP[0], "confirmed")] * 10 + [("", "confirmed")] * 8 + [("me", "confirmed")] * 2


def test_a_name_is_cleaned_and_one_that_would_be_refused_later_is_refused(opened: Open, tmp_path: Path) -> None:
    page = opened()
    for name in ("all", "  "):
        group(page, 2).locator("input[type=text]").fill(name)
        page.keyboard.press("Enter")
    assert page.locator("#decided").inner_text() == "0 of 35 decided"
    group(page, 2).locator("input[type=text]").fill(" =Zoe\u0308\u202e ")
    page.keyboard.press("Enter")
    assert decided(saved(page, tmp_path)) == [("=Zoë", "confirmed")] * 2
    assert "'=Zoë" in (tmp_path / "labels.csv").read_text(encoding="utf-8")
    group(page, 2).locator("input[type=text]").fill("ME")
    page.keyboard.press("Enter")
    assert decided(saved(page, tmp_path)) == [("me", "confirmed")] * 2


def test_groups_are_joined_split_and_taken_apart(opened: Open, tmp_path: Path) -> None:
    page = opened()
    group(page, 0).locator("input[type=text]").fill("Anna")
    page.keyboard.press("Enter")
    for number in (0, 1):
        group(page, number).locator("input[type=checkbox]").check()
    page.locator("#join").click()
    assert group(page, 0).locator("label").inner_text() == "18 faces"
    assert decided(saved(page, tmp_path)) == [("Anna", "confirmed")] * 18  # what was known of one counts for all
    group(page, 0).locator(".strip").click()
    page.locator(".members .face").nth(17).click()
    assert group(page, 0).locator("label").inner_text() == "17 faces"
    assert page.locator("#single .tile").count() == 3
    group(page, 1).get_by_role("button", name="Split").click()
    assert page.locator("#single .tile").count() == 5
    for _ in range(4):
        page.locator("#undo").click()
    assert page.locator(".group label").all_inner_texts() == ["10 faces", "8 faces", "2 faces"]
    assert page.locator("#single .tile").count() == 2
    assert saved(page, tmp_path)[13].state == "unreviewed"


def test_a_reload_keeps_decisions_and_groups(opened: Open, tmp_path: Path) -> None:
    page = opened()
    tile(page, "perhaps").focus()
    page.keyboard.press("y")
    group(page, 2).get_by_role("button", name="Split").click()
    page.keyboard.press("n")
    before = saved(page, tmp_path)
    page.reload()
    assert saved(page, tmp_path) == before
    assert len(decided(before)) == 2
    assert page.locator("#single .tile").count() == 4
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator("#forget").click()
    assert page.locator("#decided").inner_text() == "2 of 35 decided"
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#forget").click()
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    assert page.evaluate("localStorage.length") == 0  # looking keeps nothing
    assert page.locator("#decided").inner_text() == "0 of 35 decided"
    assert page.locator(".group").count() == 3


def test_what_the_browser_keeps_names_no_photo(opened: Open) -> None:
    page = opened()
    tile(page, "perhaps").focus()
    page.keyboard.press("n")
    [key, value] = page.evaluate("Object.entries(localStorage)")[0]
    assert key.startswith("facebench-")
    assert value == '{"decisions":[[2,"","confirmed"]],"groups":[]}'


def test_a_browser_that_keeps_nothing_is_told_of(opened: Open, tmp_path: Path) -> None:
    page = opened(before=NO_STORAGE)
    assert page.locator("#unkept").is_visible()
    tile(page, "perhaps").focus()
    page.keyboard.press("y")
    assert len(decided(saved(page, tmp_path))) == 1
    assert opened().locator("#unkept").is_hidden()


@pytest.mark.parametrize("change", ["none", "bom", "semicolons", "relative", "shifted"])
def test_saved_labels_are_loaded_again(change: str, opened: Open, album: Album, tmp_path: Path) -> None:
    page = opened()
    tile(page, "perhaps").focus()
    for key in "ynx":
        page.keyboard.press(key)
    group(page, 1).locator("input[type=text]").fill('-"Zoë"; A, B')
    page.keyboard.press("Enter")
    before = saved(page, tmp_path)
    text = (tmp_path / "labels.csv").read_text(encoding="utf-8")
    if change == "bom":
        text = f"\ufeff{text}"
    if change == "relative":
        text = text.replace(f"{album.root}/", "../")
    if change == "shifted":
        text = text.replace("108 20 168 100", "110 22 170 102")
    if change == "semicolons":
        rows = [
            [row.state, row.path, row.person, " ".join(map(str, row.box or ())), str(row.draw or "")] for row in before
        ]
        cells = [["state", "path", "person", "box", "drawn"], *rows]
        text = "\n\n".join(";".join('"{}"'.format(cell.replace('"', '""')) for cell in row) for row in cells)
    file = tmp_path / "changed.csv"
    file.write_text(text, encoding="utf-8", newline="")
    other = opened()
    assert load(other, file) == "Loaded 11 decisions."
    assert saved(other, tmp_path) == before
    other.locator("#undo").click()
    assert other.locator("#decided").inner_text() == "0 of 35 decided"


def test_loaded_faces_that_differ_from_their_group_leave_it(opened: Open, album: Album, tmp_path: Path) -> None:
    rows = [Label(row.path, "Anna", row.box, "confirmed") for row in labels_of(album)[13:23]]
    rows[3] = Label(rows[3].path, "", rows[3].box, "rejected")
    rows.append(Label("/no/such.jpg", "Anna", None, "confirmed"))
    write_labels(tmp_path / "old.csv", rows)
    page = opened()
    assert load(page, tmp_path / "old.csv") == (
        "Loaded 10 decisions. 1 row about no face on this page: keep the old file for it."
    )
    assert group(page, 0).locator("label").inner_text() == "9 faces"
    assert group(page, 0).locator("b").inner_text() == "Anna"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"path,person\n", "a table of labels has the columns path, person, box, state"),
        (b"", "a table of labels has the columns path, person, box, state"),
        (b"path,person,state\na.jpg,me,sure\n", "line 2 has the state “sure”, which is not known"),
        (b"path,person,state\n\na.jpg,me\n", "line 3 has 2 cells, and there are 3 columns"),
        (b'path,person,state\n"a.jpg,me,confirmed\n', "line 2 is no row of a CSV: correct its quotes"),
        (b"path,person,box,state\na.jpg,me,1 2 3,confirmed\n", "line 2 has “1 2 3”, which is no box"),
        (b"path,person,box,state\n\xff", "it is not text in UTF-8"),
    ],
)
def test_a_file_that_is_no_table_of_labels_changes_nothing(
    content: bytes, message: str, opened: Open, tmp_path: Path
) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    page = opened()
    assert load(page, tmp_path / "bad.csv") == f"bad.csv was not loaded: {message}."
    assert page.locator("#undo").is_disabled()


def test_labels_that_were_decided_before_are_decided_on_the_page(opened: Open, album: Album, tmp_path: Path) -> None:
    labels = labels_of(album)
    labels[0] = Label(labels[0].path, "Anna", labels[0].box, "confirmed")
    labels.append(Label("/elsewhere.jpg", "Anna", None, "confirmed"))
    file = tmp_path / "again.html"
    file.write_bytes(b"".join(album_page(album, labels)))
    page = opened(file=file)
    assert page.locator("#decided").inner_text() == "1 of 35 decided"
    assert saved(page, tmp_path) == labels
    page.locator("#perhaps .tile").nth(2).get_by_role("button", name="me").first.click()
    page.reload()
    assert decided(saved(page, tmp_path)) == [("me", "confirmed"), ("Anna", "confirmed")]


def test_only_undecided_faces_are_shown_when_wanted(opened: Open) -> None:
    page = opened()
    page.locator("#only").check()
    tile(page, "perhaps").focus()
    for left in (2, 1, 0):
        page.keyboard.press("y")
        assert page.locator("#perhaps .tile:visible").count() == left
    assert page.evaluate("document.activeElement.id") == "save"
    page.keyboard.press("u")
    assert page.locator("#perhaps .tile:visible").count() == 1


def test_a_picture_that_is_missing_is_grey(opened: Open, album: Album, tmp_path: Path) -> None:
    photos = [type(photo)("/gone.png", photo.name, photo.key) for photo in album.photos]
    gone = Album(album.root, tuple(photos), album.faces, (), {}, "sface")
    (tmp_path / "gone.html").write_bytes(b"".join(album_page(gone, labels_of(gone))))
    page = opened(file=tmp_path / "gone.html")
    assert tile(page, "perhaps").inner_text() == "not readable"
    tile(page, "perhaps").click()
    assert page.locator("#closer-missing").is_visible()


# The sample of what was not proposed


def seen_of(rows: list[Label]) -> list[bool]:
    return [row.draw.seen for row in rows if row.draw and row.state != "unreviewed"]


def at_most(page: Any) -> float:
    """Return the share that may be missed, as the page says it."""
    found = re.search(r"At most ([\d.]+) %", page.locator("#bound").inner_text())
    assert found
    return float(found[1])


def confirm_me(page: Any) -> None:
    page.locator("#all-me").click()
    assert page.locator("#surely .count").inner_text() == "10 of 10 decided"


def test_the_sample_is_looked_through_by_keys(opened: Open, album: Album, tmp_path: Path) -> None:
    page = opened()
    assert page.locator("#sample .tile").count() == 25
    assert page.locator("#bound").inner_text().startswith("Confirm your own faces first")
    confirm_me(page)
    assert page.locator("#bound").inner_text() == "So far nobody knows how many of your faces were missed."
    tile(page, "sample").focus()
    for key in "nny":
        page.keyboard.press(key)
    assert page.locator("#sample .count").inner_text() == "3 of 25 looked at"
    rows = saved(page, tmp_path)
    drawn = sorted((row for row in rows if row.draw and row.state != "unreviewed"), key=lambda row: row.person)
    assert [row.person for row in drawn] == ["", "", "me"]
    # Each stratum begins with its first, and those that are small come soon.
    assert {(row.draw.stratum, row.draw.rank) for row in drawn if row.draw} <= {
        ("near", 1),
        ("none", 1),
        ("middle", 1),
        ("far", 1),
    }
    for _ in range(3):
        page.keyboard.press("u")
    assert page.locator("#sample .count").inner_text() == "0 of 25 looked at"


def test_the_page_says_the_share_that_labels_give(opened: Open, tmp_path: Path) -> None:
    page = opened()
    confirm_me(page)
    tile(page, "sample").focus()
    for key in "nnynynxn":  # each saves, and Chromium allows a page ten downloads
        page.keyboard.press(key)
        proposal = labelled_proposal(saved(page, tmp_path), tmp_path)
        assert at_most(page) == pytest.approx(100 * missed_share(proposal).high, abs=0.051)
    page.locator("#none-me").click()
    assert (
        page.locator("#bound").inner_text()
        == "At most 0.0 % of your faces are missed (95 % confidence): that is enough."
    )
    assert page.locator("#none-me").is_disabled()


def test_what_was_looked_at_in_another_album_counts_too(opened: Open, album: Album, tmp_path: Path) -> None:
    draws = [Draw("sface", "far", rank, 40) for rank in (1, 2, 4)]
    rows = [Label(album.photos[0].file, "", (0, 90 + n, 9, 99 + n), "confirmed", draw) for n, draw in enumerate(draws)]
    file = tmp_path / "two.html"
    file.write_bytes(b"".join(album_page(album, [*labels_of(album), *rows])))
    page = opened(file=file)
    confirm_me(page)
    page.locator("#none-me").click()
    proposal = labelled_proposal(saved(page, tmp_path), tmp_path)
    assert Stratum(40, 2, 0) in proposal.strata
    assert at_most(page) == pytest.approx(100 * missed_share(proposal).high, abs=0.051)


def labelled_proposal(rows: list[Label], folder: Path) -> Proposal:
    write_labels(folder / "again.csv", rows)
    found = labelled_photos(folder / "again.csv").proposal
    assert found is not None
    return found


def test_who_is_decided_about_as_one_of_a_group_was_not_seen(opened: Open, tmp_path: Path) -> None:
    page = opened()
    confirm_me(page)
    group(page, 0).locator("input[type=text]").fill("Anna")
    page.keyboard.press("Enter")
    assert page.locator("#sample .count").inner_text() == "0 of 25 looked at"
    assert seen_of(saved(page, tmp_path)) == [False] * 10
    page.reload()
    assert seen_of(saved(page, tmp_path)) == [False] * 10
    page.locator("#none-me").click()
    rows = saved(page, tmp_path)
    assert seen_of(rows) == [True] * 25
    assert sum(row.person == "Anna" for row in rows) == 10  # whoever has a name keeps it
    assert [row.state for row in rows if row.box is None] == ["rejected"] * 3
    page.locator("#undo").click()
    assert seen_of(saved(page, tmp_path)) == [False] * 10
    assert load(page, tmp_path / "labels.csv") == "Loaded 20 decisions."
    assert seen_of(saved(page, tmp_path)) == [False] * 10


def test_of_a_photo_without_a_face_one_says_whether_one_is_on_it(opened: Open, tmp_path: Path) -> None:
    page = opened()
    whole = page.locator("#sample .tile.whole")
    assert whole.count() == 3
    whole.first.scroll_into_view_if_needed()
    assert whole.first.locator(".choice button").all_inner_texts() == ["me", "×"]
    whole.first.locator(".face").click()
    dialog = page.locator("#closer")
    assert "No face was found on this photo" in dialog.inner_text()
    assert dialog.get_by_role("button", name="Somebody else").is_hidden()
    page.keyboard.press("y")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")  # until then nothing behind it can be chosen
    whole.nth(1).locator(".face").focus()
    page.keyboard.press("n")  # which can only mean: not me
    rows = [row for row in saved(page, tmp_path) if row.box is None]
    assert sorted(decided(rows)) == [("", "rejected"), ("me", "confirmed")]


def test_more_is_shown_until_it_is_enough(opened: Open, tmp_path: Path) -> None:
    album = many(tmp_path)
    file = tmp_path / "many.html"
    file.write_bytes(b"".join(album_page(album, labels_of(album))))
    page = opened(file=file)
    confirm_me(page)
    assert page.locator("#sample .tile").count() == 48
    page.locator("#none-me").click()
    assert page.locator("#sample .tile").count() == 96
    assert "when it is 5 %, that is enough" in page.locator("#bound").inner_text()
    assert page.evaluate("[...document.querySelectorAll('#sample .face')].indexOf(document.activeElement)") == 48
    page.locator("#none-me").click()
    assert page.locator("#sample .tile").count() == 110
    page.locator("#none-me").click()
    assert "that is enough" in page.locator("#bound").inner_text()


def many(folder: Path) -> Album:
    """Return an album of ten faces that are proposed and 110 that are not."""
    paths = [item.path for item in orl_faces().items]
    album = Maker(folder)
    album.add(paths[:10], "surely", *[0.9] * 10)
    for begin in range(10, 120, 10):
        album.add(paths[begin : begin + 10], "surely not", *[0.1] * 10, person=begin)
    return Album(folder, tuple(album.photos), tuple(album.faces), (), {}, "sface")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_is_wider_than_the_window(width: int, theme: str, opened: Open) -> None:
    page = opened(width, theme)
    for number in range(3):
        group(page, number).locator(".strip").click()
    group(page, 1).locator("input[type=text]").fill("Wolfeschlegelsteinhausen" * 9)
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate("scrollTo(500, 0)")
    assert page.evaluate("scrollX") == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(253, 253, 251)" if theme == "light" else "rgb(20, 23, 26)"
    )
    tile(page, "perhaps").click()
    dialog = page.locator("#closer").bounding_box()
    assert dialog["x"] >= 0
    assert dialog["x"] + dialog["width"] <= width
    assert page.evaluate(
        "document.getElementById('closer').scrollWidth <= document.getElementById('closer').clientWidth"
    )


@pytest.mark.parametrize(("width", "theme"), [(375, "light"), (1280, "dark")])
def test_axe_finds_nothing(width: int, theme: str, opened: Open) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    source = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page = opened(width, theme)
    page.evaluate(source)
    tile(page, "perhaps").focus()
    for key in "ynx":
        page.keyboard.press(key)
    group(page, 0).locator(".strip").click()
    group(page, 1).locator("input[type=text]").fill("Anna")
    page.keyboard.press("Enter")
    group(page, 2).locator("input[type=checkbox]").check()
    assert _violations(page) == []
    tile(page, "perhaps", 1).click()
    assert _violations(page) == []


def _violations(page: Any) -> list[str]:
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("(values) => axe.run({ runOnly: { type: 'tag', values } })", rules)
    return [
        f"{rule['id']}: {node['html']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
