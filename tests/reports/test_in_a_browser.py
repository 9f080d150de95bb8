"""A report in a real browser: it sorts, it keeps quiet, it asks for nothing, and it fits on a phone in both themes."""

import io
import re
from collections.abc import Callable, Iterator
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.results import RunFolder
from facebench.embeddings.store import VectorStore
from facebench.reports import _gallery, write_report
from PIL import Image

from ..browser import CHROMIUM, chromium

MARKUP = "<img src=x onerror=alert(1)>"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

#: What a colour must differ by from what is behind it (WCAG 2.2 AA): text, and parts of a chart.
TEXT, GRAPHICS = 4.5, 3.0


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, without a window."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with photos of two runs, one of a person whose name is markup."""
    return report_of(runs, tmp_path_factory.mktemp("report"))


def report_of(runs: Path, folder: Path) -> Path:
    file = folder / "report.html"
    store = VectorStore(runs / "vectors.sqlite")
    write_report([runs / "0001-faces", runs / "0002-faces"], file, photos=True, store=store)
    store.close()
    return file


@pytest.fixture(scope="module")
def questions(mistaken: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with false accepts, some errors of both runs folded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_gallery, "OPEN", 3)
        return report_of(mistaken, tmp_path_factory.mktemp("questions"))


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[Callable[..., Any]]:
    """Return a function that opens the report; whatever it says or asks for beside the file is an error."""
    contexts, said = [], []

    def opened(width: int = 1280, theme: str = "light", file: Path = report) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: said.append(request.url) if not _ours(request.url, file) else None)
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []


def _ours(url: str, file: Path) -> bool:
    return url == file.as_uri() or url.startswith("data:")


def column(page: Any, title: str) -> list[str]:
    """Return the figures in a column of the first table, from the top."""
    titles = page.locator("table.ranking").first.locator("thead th").all_inner_texts()
    [number] = [n for n, found in enumerate(titles) if " ".join(found.split()).startswith(title)]
    cells = page.locator("table.ranking").first.locator(f"tbody tr > :nth-child({number + 1})").all()
    return [cell.inner_text().split("\n")[0].removeprefix("★").strip() for cell in cells]


def heading(page: Any, title: str) -> Any:
    return page.locator("table.ranking").first.get_by_role("columnheader", name=re.compile(f"^{title}"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_is_wider_than_the_window(width: int, theme: str, opened: Callable[..., Any]) -> None:
    page = opened(width, theme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate("scrollTo(500, 0)")
    assert page.evaluate("scrollX") == 0
    assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")


@pytest.mark.parametrize("width", [375, 1280])
def test_the_longest_names_do_not_widen_the_page(
    width: int, opened: Callable[..., Any], made_up: Callable[..., Any], tmp_path: Path
) -> None:
    long = "Wolfeschlegelsteinhausen" * 9
    photos = [(f"{long}/{long}{number}.jpg", long) for number in range(12)]
    pairings = [(long, "logreg"), ("mobilenet", f"svm(C=1-{long})")]
    result, rows = made_up(pairings, [long], photos, title=long, warnings=(f"{long} (1-{long})",), command=long)
    folder = RunFolder(tmp_path, "long")
    folder.save(result, rows)
    write_report([folder.path], tmp_path / "report.html")
    page = opened(width, file=tmp_path / "report.html")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    asked = page.locator(".question")
    assert asked.count() > 0
    assert asked.evaluate_all("all => all.every((line) => line.scrollWidth <= line.parentElement.clientWidth)")


def test_a_browser_applies_the_policy_and_sees_names_as_text(opened: Callable[..., Any]) -> None:
    page = opened()
    assert page.locator("img[src='x']").count() == 0
    assert MARKUP in page.locator("main").inner_text()
    assert page.locator("h2").last.inner_text() == f"faces: {MARKUP}"
    assert page.evaluate("getComputedStyle(document.querySelector('.verdict')).fontSize") != "16px"
    # Neither a script nor a picture from elsewhere could be slipped in.
    blocked = """new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (event) => done(event.violatedDirective));
        const picture = new Image(); picture.src = "file:///etc/hostname"; document.body.append(picture);
        setTimeout(() => done("loaded"), 2000);
    })"""
    quiet = page.context.new_page()
    quiet.goto(page.url)
    assert quiet.evaluate(blocked) == "img-src"


def test_the_tables_are_saved_without_a_request(opened: Callable[..., Any], report: Path) -> None:
    page = opened()
    with page.expect_download() as saving:
        page.get_by_role("link", name="All tables as CSV").click()
    saved = saving.value
    assert saved.suggested_filename == "facebench.csv"
    header, *lines = Path(saved.path()).read_text(encoding="utf-8").splitlines()
    assert header.startswith("table,data,target,seed,extractor,head,")
    assert len(lines) == page.locator("table.ranking tbody tr").count()
    assert page.url == report.as_uri()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_link_of_the_contents_leads_to_its_part(width: int, opened: Callable[..., Any]) -> None:
    page = opened(width)
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Decisions").last.click()
    assert page.evaluate("location.hash") == "#decisions-2"
    assert abs(page.locator("#decisions-2").evaluate("part => part.getBoundingClientRect().top")) < 2


def test_a_click_on_a_title_sorts_and_another_turns_it_round(opened: Callable[..., Any]) -> None:
    page = opened()
    ranks = column(page, "rank")
    heading(page, "false accepts").get_by_role("button").click()
    assert heading(page, "false accepts").get_attribute("aria-sort") == "ascending"
    assert heading(page, "rank").get_attribute("aria-sort") == "none"
    shares = [_share(text) for text in column(page, "false accepts")]
    assert shares == sorted(shares)
    heading(page, "false accepts").get_by_role("button").click()
    assert heading(page, "false accepts").get_attribute("aria-sort") == "descending"
    assert [_share(text) for text in column(page, "false accepts")] == shares[::-1]
    heading(page, "rank").get_by_role("button").click()
    assert column(page, "rank") == ranks


def _share(text: str) -> float:
    found, of = text.split("/")
    return int(found) / int(of)


def test_the_keyboard_sorts_and_what_has_no_figure_stays_last(opened: Callable[..., Any]) -> None:
    page = opened()
    for turns in (1, 2):
        heading(page, "rank").get_by_role("button").focus()
        page.keyboard.press("Enter" if turns == 1 else "Space")
        assert column(page, "rank")[-1] == "-"
        assert column(page, "pairing")[-1] == "majority"
    assert heading(page, "rank").get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('th').textContent").startswith("balanced acc")
    page.keyboard.press("Enter")
    assert heading(page, "balanced").get_attribute("aria-sort") == "descending"  # the highest is best there
    figures = [float(text) for text in column(page, "balanced")]
    assert figures == sorted(figures, reverse=True)


def test_numbers_sort_as_numbers(opened: Callable[..., Any], report: Path, tmp_path: Path) -> None:
    values = ["9", "10", "-1.5", "", "100"]
    source = report.read_text(encoding="utf-8")
    body = "".join(
        f'<tr><th scope="row">{value}</th><td data-value="{value}">{value or "-"}</td></tr>' for value in values
    )
    head = '<thead><tr><th data-sort="text">pairing</th><th data-sort="ascending">rank</th></tr></thead>'
    table = f'<table class="ranking">{head}<tbody>{body}</tbody></table>'
    file = tmp_path / "numbers.html"
    file.write_text(source.replace("<main>", f"<main>{table}", 1), encoding="utf-8")
    page = opened(file=file)
    button = heading(page, "rank").get_by_role("button")
    button.click()
    assert column(page, "rank") == ["-1.5", "9", "10", "100", "-"]
    button.click()
    assert column(page, "rank") == ["100", "10", "9", "-1.5", "-"]


def test_a_pairing_chosen_in_the_legend_stands_out(opened: Callable[..., Any]) -> None:
    page = opened()
    figure = page.locator(".figures").first
    button = figure.get_by_role("button").first
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    opacities = figure.locator(".chart .line").evaluate_all("all => all.map((line) => getComputedStyle(line).opacity)")
    assert sorted(set(opacities)) == ["0.15", "1"]
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert figure.locator(".chart .is-chosen").count() == 0


def test_everything_has_a_name_for_those_who_do_not_see_it(opened: Callable[..., Any]) -> None:
    page = opened()
    charts = page.locator("svg:not([aria-hidden])").evaluate_all(
        "all => all.map((svg) => [svg.getAttribute('role'), svg.firstElementChild.tagName,"
        " svg.firstElementChild.textContent, svg.querySelector('desc').textContent])"
    )
    assert len(charts) == 10  # the second has too few photos for low rates and a DET curve
    assert all(role == "img" and tag == "title" and title and text for role, tag, title, text in charts)
    assert len({title for _, _, title, _ in charts}) == 6  # ROC, twice, DET, the scores of each pairing, a map
    assert page.locator("img:not([alt])").count() == page.locator("img[alt='']").count() == 0
    assert page.locator("button").evaluate_all("all => all.every((button) => button.innerText.trim())")
    assert page.locator("th").evaluate_all("all => all.every((th) => th.scope && th.textContent.trim())")
    assert page.evaluate("document.documentElement.lang") == "en"
    levels = page.locator("h1, h2, h3, h4, h5").evaluate_all("all => all.map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = page.locator("[id]").evaluate_all("all => all.map((element) => element.id)")
    assert len(ids) == len(set(ids))
    assert page.locator(".scroll, pre").evaluate_all("all => all.every((box) => box.tabIndex === 0 && box.ariaLabel)")


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (768, "light"), (1280, "light")])
def test_a_table_is_shaded_where_there_is_more_of_it(width: int, theme: str, opened: Callable[..., Any]) -> None:
    page = opened(width, theme)
    table = page.locator(".scroll").first
    hidden = table.evaluate("box => box.scrollWidth - box.clientWidth")
    assert (hidden > 0) == (width < 1280)
    assert _is_shaded_at_the_right(table) == (hidden > 0)
    table.evaluate("box => box.scrollTo(1e4, 0)")
    assert not _is_shaded_at_the_right(table)
    table.focus()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"


def _is_shaded_at_the_right(table: Any) -> bool:
    """Return whether the last pixels at the right differ from those of the same rows further left."""
    with Image.open(io.BytesIO(table.screenshot())) as seen:
        pixels = np.asarray(seen.convert("L"), dtype=int)[2:6]  # above all text
    return bool(abs(pixels[:, -2] - pixels[:, pixels.shape[1] // 2]).max() > 10)


#: Texts in which a line may end between a number and the sign of per cent.
BROKEN = """() => {
    const found = [], texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const around = texts.currentNode.parentElement;
        const may = !around.closest("svg, pre") && getComputedStyle(around).whiteSpace !== "nowrap";
        if (may && /\\d %/.test(texts.currentNode.data)) found.push(texts.currentNode.data);
    }
    return found;
}"""


def test_a_number_and_its_per_cent_stay_on_one_line(opened: Callable[..., Any]) -> None:
    page = opened(390)
    assert "95\xa0%" in page.locator(".key").first.inner_text()
    assert page.evaluate(BROKEN) == []


#: The texts of each chart whose boxes overlap by more than the edges of their letters.
OVERLAPS = """() => [...document.querySelectorAll(".chart")].flatMap((chart) => {
    const texts = [...chart.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    return texts.flatMap(([one, a], place) => texts.slice(place + 1)
        .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
        .map(([other]) => `${chart.querySelector("title").textContent}: ${one} on ${other}`));
})"""


@pytest.mark.parametrize("width", [390, 1280])
def test_no_words_in_a_chart_lie_on_others(
    width: int, opened: Callable[..., Any], made_up: Callable[..., Any], tmp_path: Path
) -> None:
    photos = [(f"{number}.jpg", "ann" if number < 40 else "bob") for number in range(840)]
    pairings = [(f"extractor{number}", head) for number in range(3) for head in ("logreg", "svm")]
    folder = RunFolder(tmp_path, "many")
    folder.save(*made_up(pairings, ["ann"], photos, mine=40, milliseconds=(9, 10, 30)))
    write_report([folder.path], tmp_path / "report.html")
    page = opened(width, file=tmp_path / "report.html")
    assert page.locator(".chart:has-text('Pareto') .note").count() == 3
    for shown in (page, opened(width)):
        assert shown.locator(".chart text").count() > 50
        assert shown.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("width", [375, 768, 1280])
def test_every_false_accept_asks_whether_it_is_the_target(
    width: int, opened: Callable[..., Any], mistaken: Path, tmp_path: Path
) -> None:
    page = opened(width, file=report_of(mistaken, tmp_path))
    accepts = page.locator("h4:has-text('false accept') + .advice + .tiles")
    assert accepts.count() == 2
    tiles = accepts.locator(".tile")
    assert tiles.count() > 10
    assert tiles.count() == page.locator(".question").count() == tiles.locator(".question").count()
    assert all(text.startswith("could this be ") for text in tiles.locator(".question").all_inner_texts())
    below = "all => all.every((line) => line.offsetTop >= line.parentElement.querySelector('.frame').offsetTop + 118)"
    assert page.locator(".question").evaluate_all(below)
    assert page.locator(".tile").evaluate_all("all => all.every((tile) => tile.scrollWidth <= tile.clientWidth)")


@pytest.mark.parametrize(("width", "theme"), [(375, "light"), (1280, "dark")])
def test_axe_finds_nothing(width: int, theme: str, opened: Callable[..., Any], questions: Path) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    source = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page = opened(width, theme, questions)
    assert page.locator(".question").count() > 0
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    assert page.locator("details .tile").count() > 0
    assert page.locator("details li .file").count() > 0
    # It tells no contrast on a gradient: that of a shade is at the edge alone.
    page.evaluate("document.querySelectorAll('.scroll, pre').forEach((box) => (box.style.backgroundImage = 'none'))")
    page.evaluate(source)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # What is no violation is not described, which takes most of the time.
    options = "{ runOnly: { type: 'tag', values }, resultTypes: ['violations'] }"
    found = page.evaluate(f"(values) => axe.run({options})", rules)
    assert [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_lines_stand_out_from_what_is_behind_them(theme: str, opened: Callable[..., Any]) -> None:
    page = opened(theme=theme)
    names = ["paper", "raised", "ink", "quiet", "link", "good", "bad", "mark", "mine", "others"]
    names += [f"hue{number}" for number in range(7)]
    found = page.evaluate(
        "names => names.map((name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim())",
        names,
    )
    colours = {name: _luminance(colour) for name, colour in zip(names, found, strict=True)}
    for behind in ("paper", "raised"):
        for name in ("ink", "quiet", "link", "mark"):
            assert _contrast(colours[name], colours[behind]) >= TEXT, (name, behind)
    for name in ("good", "bad", "mine", "others"):
        assert _contrast(colours[name], colours["paper"]) >= TEXT, name
    for number in range(7):
        assert _contrast(colours[f"hue{number}"], colours["paper"]) >= GRAPHICS, number
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(253, 253, 251)" if theme == "light" else "rgb(20, 23, 26)"
    )


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: float, other: float) -> float:
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


def test_no_two_pairings_look_alike(opened: Callable[..., Any]) -> None:
    page = opened()
    looks = (
        page.locator(".figures")
        .first.locator(".chart")
        .first.locator(".line")
        .evaluate_all(
            "all => all.map((line) => getComputedStyle(line).stroke + getComputedStyle(line).strokeDasharray)"
        )
    )
    assert len(looks) == len(set(looks)) == 2


def test_paper_shows_what_is_folded_on_the_screen(opened: Callable[..., Any]) -> None:
    page = opened()
    assert page.locator("details:not([open])").count() > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert len(page.pdf()) > 10_000
