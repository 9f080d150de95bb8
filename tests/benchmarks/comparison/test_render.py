"""The table as text: valid in every format, never wider than the terminal, and no name does anything."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from math import nan
from statistics import fmean
from typing import Any

import pytest
from facebench.benchmarks.comparison import COLUMNS, Group, compare_runs, print_groups, render
from facebench.benchmarks.comparison._columns import MAIN_COLUMNS, cell_of
from facebench.benchmarks.comparison._row import Versus
from facebench.benchmarks.results import PairingResult, RunResult
from facebench.benchmarks.results._schema import Estimate, Interval, Skipped
from facebench.benchmarks.statistics import Difference
from markdown_it import MarkdownIt
from rich.cells import cell_len
from rich.console import Console

WIDTHS = pytest.mark.parametrize("width", [60, 80, 120])
PAIRINGS = [
    ("face_recognition", "logreg"), ("face_recognition", "svm"), ("face_recognition", "mlp"),
    ("mobilenet", "logreg"), ("mobilenet", "svm"), ("mobilenet", "mlp"), ("", "majority"),
]  # fmt: skip
#: Names that would be markup, ANSI codes, formulas, table cells, links or HTML somewhere.
EVIL = [
    "[red]x[/red]",
    "[link=file:///etc/passwd]x[/link]",
    "\x1b[2J\x1b]0;title\x07x",
    "=HYPERLINK(1)",
    "a|b",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "**x** `y` _z_ ~~w~~",
    "__x__",
    "a_b_c",
    "&lt;b&gt; & more",
    "back\\slash\\",
    "two\nlines",
    "Zoë 张 ☃",
]


@pytest.fixture
def groups(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> Callable[..., list[Group]]:
    """Return a function that gives the table of the default run on so many people, the first row best."""

    def groups(people: int = 1, **fields: Any) -> list[Group]:
        names = [f"s{number}" for number in range(people)]
        results = {
            pair: [tested(name, rejects=(place + number) % 11, accepts=place) for number, name in enumerate(names)]
            for place, pair in enumerate(PAIRINGS)
        }
        run = run_of(results, targets=names, **fields)
        pairings = [
            pairing.model_copy(update={"estimates": _estimates(pairing) if pairing.extractor else {}})
            for pairing in run.pairings
        ]
        return compare_runs([("0001-orl", run.model_copy(update={"pairings": pairings}))])

    return groups


def _estimates(pairing: PairingResult) -> dict[str, Estimate]:
    """Return the means of two figures, each with an interval."""
    estimates = {}
    for name in ("balanced_accuracy", "auc"):
        mean = fmean(getattr(target.metrics, name) for target in pairing.targets)
        limits = Interval(low=max(0.0, mean - 0.0321), high=min(1.0, mean + 0.01))
        estimates[name] = Estimate(value=mean, interval=limits, units=10)
    return estimates


@pytest.fixture
def evil(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> Callable[[str], list[Group]]:
    """Return a function that puts a name wherever a name can be."""

    def evil(name: str) -> list[Group]:
        pair = (name, name)
        run = run_of(
            {pair: [tested(name)]},
            skipped={pair: [Skipped(target=name, reason=name)]},
            targets=[name],
            title=name,
            warnings=[f"{name} is skipped"],
            target=name,
        )
        return compare_runs([(f"0001-{name}", run)])

    return evil


@WIDTHS
@pytest.mark.parametrize("people", [1, 12])
def test_no_line_is_wider_than_the_terminal(width: int, people: int, groups: Callable[..., list[Group]]) -> None:
    lines = _shown(groups(people, warnings=["A warning of many words " * 9]), [], width).splitlines()
    assert max(map(cell_len, lines)) <= width


@WIDTHS
def test_no_line_is_wider_than_the_terminal_with_all_columns_and_long_names(
    width: int, run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    pair = ("face_recognition(faces='center')", "mlp(hidden=(64, 128), batch_norm=True)")
    table = compare_runs([("0001-orl", run_of({pair: [tested(rejects=1)], ("", "majority"): [tested(rejects=10)]}))])
    for columns in ([], list(COLUMNS)):
        assert max(map(cell_len, _shown(table, columns, width).splitlines())) <= width


@WIDTHS
@pytest.mark.parametrize("people", [1, 12])
def test_names_and_figures_are_never_folded(width: int, people: int, groups: Callable[..., list[Group]]) -> None:
    [group] = groups(people)
    shown = [line.split() for line in _shown([group], [], width).splitlines()]
    for row in group.rows:
        words = [row.pairing.extractor or "-", row.pairing.head]
        words += [cell_of(row, column).short for column in ("rank", "balanced", "false_accepts")]
        assert words in [line[: len(words)] for line in shown]


def test_a_call_that_is_too_long_breaks_between_its_parts(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    pair = ("face_recognition(faces='center')", "mlp(hidden=(64, 128), batch_norm=True)")
    table = compare_runs([("0001-orl", run_of({pair: [tested(rejects=1)], ("", "majority"): [tested(rejects=10)]}))])
    words = {word for line in _shown(table, [], 80).splitlines() for word in line.split()}
    assert {"face_recognition(", "faces='center')", "mlp(hidden=(64,", "128),", "batch_norm=True)"} <= words


@pytest.mark.parametrize("people", [1, 12])
def test_80_columns_hold_four_metrics_and_wider_terminals_more_and_limits(
    people: int, groups: Callable[..., list[Group]]
) -> None:
    shown = {width: _shown(groups(people), [], width) for width in (60, 80, 120, 300)}
    assert "More columns (--columns): " in shown[60]
    row = next(line.split() for line in shown[80].splitlines() if line.split()[:2] == ["mobilenet", "logreg"])
    [group] = groups(people)
    expected = ["rank", "balanced", "false_accepts", "false_rejects", "auc"]
    assert row[2:] == [cell_of(group.rows[3], column).short for column in expected]
    best = cell_of(group.rows[0], "balanced")
    assert best.limits in shown[120].split()
    assert best.limits not in shown[60].split()
    assert "ms/photo" in shown[120]
    assert "More columns" not in shown[300]


def test_limits_stand_below_their_values(groups: Callable[..., list[Group]]) -> None:
    [group] = groups()
    lines = _shown([group], ["balanced"], 80).splitlines()
    start = next(number for number, line in enumerate(lines) if line.split()[:2] == ["face_recognition", "logreg"])
    assert [lines[start].split()[2:], lines[start + 1].split()] == [["100.0"], ["96.8-100.0"]]


def test_columns_that_do_not_fit_side_by_side_follow_below_with_the_same_names(
    groups: Callable[..., list[Group]],
) -> None:
    [group] = groups()
    lines = _shown([group], list(COLUMNS), 80).splitlines()
    tables = [number for number, line in enumerate(lines) if line.split()[:2] == ["extractor", "head"]]
    assert len(tables) > 2
    words = [word for line in lines for word in line.split()]
    for row in group.rows:
        assert words.count(row.pairing.extractor or "-") >= len(tables)
        for column in ("rank", "fit", "run", "tar10"):
            assert set(cell_of(row, column).short.split()) <= set(words)


def test_columns_that_are_asked_for_are_shown_in_their_order(groups: Callable[..., list[Group]]) -> None:
    [group] = groups()
    shown = [line.split() for line in _shown([group], ["run", "eer", "auc"], 120).splitlines()]
    cells = [cell_of(group.rows[5], name).short for name in ("run", "eer", "auc")]
    assert ["mobilenet", "mlp", *cells] in shown


def test_the_best_value_of_each_column_is_marked_and_majority_is_not(groups: Callable[..., list[Group]]) -> None:
    columns = ["balanced", "false_accepts", "people", "run"]
    rows = _markdown_rows(render(groups(), columns, "md"))
    assert rows[0] == ["face_recognition", "logreg", "**100.0 (96.8-100.0)**", r"**0/10 (\< 25.9 %)**", "1/1", "0001"]
    assert not any("**" in cell for row in rows[1:] for cell in row)


def test_equal_best_values_are_all_marked(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> None:
    results = {("a", "svm"): [tested()], ("b", "svm"): [tested()], ("", "majority"): [tested()]}
    rows = _markdown_rows(render(compare_runs([("0001", run_of(results))]), ["balanced"], "md"))
    assert sorted(row[2] for row in rows) == ["**100.0**", "**100.0**", "100.0"]


def test_the_best_value_is_marked_on_a_terminal(groups: Callable[..., list[Group]]) -> None:
    styled = _console(80)
    styled.print(render(groups(), ["balanced"], "table", 80))
    lines = styled.export_text(styles=True).splitlines()
    marked = [line for line in lines if "\x1b[1;32m" in line]
    assert len(marked) == 1
    assert "face_recognition" in marked[0]
    assert "100.0" in marked[0]


@pytest.mark.parametrize("style", ["table", "md", "json"])
def test_caption_sentence_and_notes_are_in_every_format_for_people(
    style: str, groups: Callable[..., list[Group]]
) -> None:
    [group] = groups(3, warnings=["Two files are odd"], status="partial")
    text = _shown([group], [], 500) if style == "table" else render([group], [], style)
    text = json.loads(text)[0] if style == "json" else text
    said = [text["caption"], text["sentence"], *text["notes"]] if style == "json" else text
    for part in (group.caption, group.sentence, "Two files are odd", "Run 0001-orl ended early"):
        assert part in said


def test_several_tables_say_why_they_are_apart(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> None:
    runs = [(f"000{seed}", run_of({("a", "svm"): [tested()]}, test_hash=str(seed), seed=seed)) for seed in (1, 2)]
    table = compare_runs(runs)
    for text in (render(table, [], "md"), _shown(table, [], 300)):
        assert text.rstrip().endswith("these runs differ in seed of the split.")
        assert text.count("Faces: 100 photos") == 2
    numbers = [record["table"] for record in csv.DictReader(io.StringIO(render(table, [], "csv")))]
    assert numbers == ["1", "2"]


@pytest.mark.parametrize(
    ("columns", "shown"), [([], MAIN_COLUMNS), (list(COLUMNS), list(COLUMNS)), (["ms", "auc"], ["ms", "auc"])]
)
def test_markdown_is_a_table_with_the_main_columns_or_those_asked_for(
    columns: list[str], shown: list[str], groups: Callable[..., list[Group]]
) -> None:
    text = render(groups(), columns, "md")
    tokens = MarkdownIt().enable("table").parse(text)
    heads = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "th_open"]
    assert heads == ["extractor", "head", *(COLUMNS[name].title for name in shown)]
    assert [row[:2] for row in _markdown_rows(text)] == [[extractor or "-", head] for extractor, head in PAIRINGS]


def test_csv_has_a_record_per_row_with_numbers(groups: Callable[..., list[Group]]) -> None:
    [group] = groups()
    records = list(csv.DictReader(io.StringIO(render([group], [], "csv")), strict=True))
    assert [(record["extractor"], record["head"]) for record in records] == PAIRINGS
    assert (set(COLUMNS) - {"versus", "p"}) | {"difference", "p_adjusted"} < set(records[0])
    fields = list(records[0])
    assert fields[fields.index("auc") :][:3] == ["auc", "auc_low", "auc_high"]
    for record, row in zip(records, group.rows, strict=True):
        assert float(record["balanced"]) == cell_of(row, "balanced").value
        for column in ("balanced", "auc"):
            limits = [cell_of(row, column).low, cell_of(row, column).high]
            assert [float(record[f"{column}_{end}"] or "nan") for end in ("low", "high")] == (
                pytest.approx([nan, nan] if limits == [None, None] else limits, nan_ok=True)
            )
        assert "accuracy_low" not in record
        assert record["audit"] == "False"
    assert records[-1]["no_face"] == ""
    assert [record["balanced_low"] == "" for record in records] == [False] * 6 + [True]


def test_differences_and_p_are_numbers_in_csv_and_json(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    [group] = compare_runs([("0001", run_of({("a", "svm"): [tested()], ("b", "svm"): [tested(rejects=1)]}))])
    compared = [
        Versus(best=True, difference=None, p=None),
        Versus(difference=Difference(-0.1, -0.2, 0.05), p=0.0004),
    ]
    group.rows = [replace(row, versus=versus) for row, versus in zip(group.rows, compared, strict=True)]
    text = render([group], ["versus", "p"], "csv")
    assert "'" not in text
    of_csv = [list(row.values())[7:] for row in csv.DictReader(io.StringIO(text))]
    [table] = json.loads(render([group], ["versus"], "json"))
    assert of_csv == [["0.0", "", "", ""], ["-0.1", "-0.2", "0.05", "0.0004"]]
    assert [list(row.values())[7:] for row in table["rows"]] == [[0.0, None], [-0.1, -0.2, 0.05, 0.0004]]
    assert list(table["rows"][1])[7:] == ["difference", "difference_low", "difference_high", "p_adjusted"]


def test_json_has_a_record_per_row_with_numbers(groups: Callable[..., list[Group]]) -> None:
    [group] = groups(12)
    [table] = json.loads(render([group], ["balanced", "auc", "people", "run"], "json"))
    assert [(record["extractor"], record["head"]) for record in table["rows"]] == PAIRINGS
    for record, row in zip(table["rows"], group.rows, strict=True):
        cell = cell_of(row, "balanced")
        assert record["balanced"] == cell.value
        assert (record.get("balanced_low"), record.get("balanced_high")) == (cell.low, cell.high)
        assert "balanced_low" in record or row.is_majority
        assert (record["people"], record["run"]) == (12, "0001")
        assert "eer" not in record


def test_an_audit_is_marked_in_every_format(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> None:
    result = run_of({("colour", "logreg"): [tested()], ("a", "svm"): [tested(rejects=1)], ("b", "svm"): [tested()]})
    result.pairings[0] = result.pairings[0].model_copy(update={"audit": True})
    table = compare_runs([("0001", result)])
    assert _markdown_rows(render(table, ["balanced"], "md")) == [
        ["b", "svm", "**100.0**"],
        ["a", "svm", "95.0"],
        ["audit: colour", "logreg", "100.0"],
    ]
    assert "audit: colour" in _shown(table, [], 120)
    records = [list(csv.DictReader(io.StringIO(render(table, [], "csv")))), json.loads(render(table, [], "json"))]
    for rows in (records[0], records[1][0]["rows"]):
        assert [(row["extractor"], str(row["audit"])) for row in rows] == [
            ("b", "False"), ("a", "False"), ("colour", "True"),
        ]  # fmt: skip


def test_no_tables_are_valid_in_every_format() -> None:
    assert json.loads(render([], [], "json")) == []
    assert list(csv.DictReader(io.StringIO(render([], [], "csv")))) == []
    assert render([], [], "md") == ""
    assert _shown([], [], 80) == ""


@pytest.mark.parametrize("name", EVIL)
def test_names_are_shown_as_they_are_on_a_terminal(name: str, evil: Callable[[str], list[Group]]) -> None:
    shown = _shown(evil(name), ["balanced", "run"], 900)
    # Extractor and head, caption (title and target), sentence (both), note of the skipped (two), warning.
    assert shown.count(_spelled(name)) >= 9
    assert "\x1b" not in shown
    assert "\x07" not in shown


@pytest.mark.parametrize("name", EVIL)
def test_names_are_shown_as_they_are_in_markdown(name: str, evil: Callable[[str], list[Group]]) -> None:
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = markdown.parse(render(evil(name), ["balanced"], "md"))
    inline = [token for token in tokens if token.type == "inline"]
    assert {child.type for token in inline for child in token.children} == {"text"}
    texts = ["".join(child.content for child in token.children) for token in inline]
    assert texts[0].startswith(f"{_spelled(name)}: 100 photos")
    assert texts.count(_spelled(name)) == 2
    assert len(texts) == 10  # caption, two rows of three cells, sentence, two notes: no cell came from a name


@pytest.mark.parametrize("name", EVIL)
def test_names_are_no_formulas_and_no_new_records_in_csv(name: str, evil: Callable[[str], list[Group]]) -> None:
    [record] = csv.DictReader(io.StringIO(render(evil(name), ["balanced"], "csv")), strict=True)
    expected = f"'{name}" if name.startswith("=") else _spelled(name)
    assert {record[field] for field in ("data", "target", "extractor", "head")} == {expected}


@pytest.mark.parametrize("name", EVIL)
def test_names_are_kept_exactly_in_json_and_cannot_reach_a_terminal(
    name: str, evil: Callable[[str], list[Group]]
) -> None:
    text = render(evil(name), ["balanced"], "json")
    assert text.isascii()
    assert "\x1b" not in text
    [table] = json.loads(text)
    assert table["rows"][0]["extractor"] == name


@pytest.mark.parametrize("style", ["table", "md", "csv", "json"])
def test_printing_is_rendering_on_standard_output(
    style: str, groups: Callable[..., list[Group]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    print_groups(groups(), ["balanced"], style)
    printed, errors = capsys.readouterr()
    assert errors == ""
    expected = _shown(groups(), ["balanced"], 80) if style == "table" else render(groups(), ["balanced"], style)
    assert printed.strip() == expected.strip()


def _console(width: int) -> Console:
    return Console(width=width, record=True, file=io.StringIO(), force_terminal=True, legacy_windows=False)


def _shown(groups: list[Group], columns: list[str], width: int) -> str:
    console = _console(width)
    console.print(render(groups, columns, "table", width))
    return console.export_text().rstrip("\n")


def _markdown_rows(text: str) -> list[list[str]]:
    """Return the cells of a Markdown table below its header."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def _spelled(name: str) -> str:
    """Return the name with its control characters spelled out."""
    return name.replace("\x1b", r"\x1b").replace("\x07", r"\x07").replace("\n", r"\n")
