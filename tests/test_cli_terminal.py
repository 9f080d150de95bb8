"""What the commands print on terminals of several widths: no word, name or number is broken."""

import json
import re
import sys

import pytest
from facebench.benchmarks.comparison import COLUMNS
from facebench.data import orl_faces
from PIL import Image
from rich.cells import cell_len

from .terminal import in_terminal

WIDTHS = (80, 100, 120, 160)
WIDE = 1000
LONG = "face_recognition(detector='yunet')"
EXTRACTORS = ["--extractor", "colour", "--extractor", LONG]
COMMANDS = {
    "run": ["run", "--data", "people", "--target", "s1", "--repeats", "2", *EXTRACTORS, "--head", "logreg"],
    "the same": ["compare", "last"],
    "compare": ["compare", "1"],
    "all columns": ["compare", "1", "--columns", "rank,balanced,versus,accuracy,tar1,tar0.1,fit,people,threshold,run"],
    "curve": ["curve", "--data", "people", "--target", "s1", *EXTRACTORS, "--head", "logreg", "--draws", "2"],
    "train": ["train", "--data", "people", "--target", "s1", *EXTRACTORS[2:], "--head", "logreg", "-o", "me.facebench"],
    "the curve again": ["show", "2"],
    "predict": ["predict", "me.facebench", "people"],
    "predict all": ["predict", "me.facebench", "people", "--all"],
    "verify": ["verify", "--pairs", "pairs.txt", "--data", "people", *EXTRACTORS],
}
#: What is printed at every width.
LATER = ["compare", "all columns", "the curve again", "predict", "predict all", "verify"]
#: Runs commands, one after the other, on a terminal of several widths; all in one process, as imports take their time.
DRIVER = """
import fcntl, json, os, struct, sys, termios
from facebench.cli import main

for width, name, arguments in json.loads(sys.argv[1]):
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    sys.argv[:] = ["bench", *arguments]
    try:
        main()
    except SystemExit as ended:
        print(f"\\n<{width} {name} {ended.code}>", flush=True)
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, str], list[str]]:
    """The lines that each command printed on a terminal of each width."""
    cwd = tmp_path_factory.mktemp("work")
    for item in orl_faces().items:
        if int(item.person[1:]) <= 6:
            target = cwd / "people" / item.person / f"{item.person}_{int(item.path.stem):04}.jpg"
            target.parent.mkdir(parents=True, exist_ok=True)
            Image.open(item.path).save(target, quality=95)
    pairs = ["2\t2"]
    for me, other in (("s1", "s2"), ("s4", "s5")):
        pairs += [f"{me}\t1\t2", f"{me}\t3\t4", f"{me}\t1\t{other}\t1", f"{me}\t3\t{other}\t3"]
    (cwd / "pairs.txt").write_text("\n".join(pairs) + "\n", encoding="utf-8")
    started = [(WIDE, "train", COMMANDS["train"])]
    started += [(WIDE, "run", COMMANDS["run"]), (WIDE, "curve", COMMANDS["curve"])]
    started += [(width, name, COMMANDS[name]) for width in WIDTHS for name in ("run", "the same")]
    started += [(width, name, COMMANDS[name]) for width in (WIDE, *WIDTHS) for name in LATER]
    with (cwd / "messages.txt").open("wb") as messages:
        code, text = in_terminal([sys.executable, "-c", DRIVER, json.dumps(started)], WIDE, cwd, messages)
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert code == 0, (cwd / "messages.txt").read_text(encoding="utf-8")
    parts = re.findall(r"(.*?)\n<(\d+) ([a-z ]+) 0>\n", text, re.DOTALL)
    assert len(parts) == len(started), text
    return {(int(width), name): part.splitlines() for part, width, name in parts}


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_word_name_or_number_is_broken(width: int, name: str, shown: dict[tuple[int, str], list[str]]) -> None:
    lines = shown[width, name]
    assert max(map(cell_len, lines)) <= width
    words = {word for line in lines for word in line.split()}
    whole = {word for line in shown[WIDE, name] for word in line.split()}
    pieces = {piece for word in whole for piece in re.findall(r".*?\(|[^(]+$", word)}  # a call breaks at its bracket
    hidden = {f"{column}{mark}" for column in COLUMNS for mark in ",."} | {"More", "columns", "(--columns):"}
    assert len(words) > 20
    assert words <= whole | pieces | hidden


@pytest.mark.parametrize("width", WIDTHS)
def test_a_run_is_shown_as_it_is_compared(width: int, shown: dict[tuple[int, str], list[str]]) -> None:
    assert shown[width, "run"] == shown[width, "the same"]


def test_a_curve_is_shown_again_as_it_was(shown: dict[tuple[int, str], list[str]]) -> None:
    assert shown[WIDE, "curve"] == shown[WIDE, "the curve again"]


def test_a_table_on_80_columns_has_four_metrics(shown: dict[tuple[int, str], list[str]]) -> None:
    [row] = [line.split() for line in shown[80, "compare"] if line.split()[:2] == ["colour", "logreg"]]
    assert len(row) == 2 + 1 + 4  # names, rank, metrics
