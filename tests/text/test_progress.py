"""Progress: what a terminal shows of it, and that a pipe gets nothing."""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from ..terminal import in_terminal

BAR = """
import time
from facebench.text import progress_bar
with progress_bar("reading", 10, "photos") as bar:
    for batch in (4, 4, 2):
        time.sleep(0.3)
        bar(batch)
    time.sleep(0.3)
"""
NOTHING_TO_DO = """
from facebench.text import progress_bar
with progress_bar("reading", 0, "photos") as bar:
    bar(0)
"""
WHOLE = """
from facebench.text import progress_bar, waiting, whole
with whole(3, "pairings") as pairings:
    for name in ("one", "two"):
        with progress_bar(name, 5, "splits") as bar, bar.saying(f"{name}: loading"):
            bar(5)
        pairings()
    pairings.total = 4
    with waiting("judging"):
        print("a message", flush=True)
with progress_bar("alone", 5, "splits") as bar:
    bar(5)
"""


def shown(code: str, cwd: Path) -> str:
    """Return what a terminal shows of some code, without what moves the cursor and colours."""
    ended, text = in_terminal([sys.executable, "-c", code], 100, cwd)
    assert ended == 0, text
    return re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", text)


def test_a_bar_has_the_rate_since_it_began(tmp_path: Path) -> None:
    text = shown(BAR, tmp_path)
    rates = [float(rate) for rate in re.findall(r"([\d.]+) photos/s", text)]
    assert rates
    assert max(rates) < 4 / 0.3 + 1
    assert " 8/10 " in text


def test_what_is_known_already_has_no_bar(tmp_path: Path) -> None:
    assert shown(NOTHING_TO_DO, tmp_path) == ""


def test_the_whole_stands_above_its_bars(tmp_path: Path) -> None:
    text = shown(WHOLE, tmp_path)
    lines = [line.rstrip() for line in re.split(r"[\r\n]+", text)]
    first = lines.index("0 of 3 pairings")
    assert any(line.startswith("one ") for line in lines[first:])
    assert any(line.startswith("one: loading ") for line in lines)
    below = [after for line, after in pairwise(lines) if line == "1 of 3 pairings"]
    assert any(line.startswith("two ") for line in below)
    assert not any(line.startswith("one ") for line in below)
    assert "2 of 4 pairings" in lines
    assert "a message" in lines
    assert [line for line in lines if line.startswith("alone ")]
    assert not lines[-1].strip("━ ")  # all of it is wiped out in the end


@pytest.mark.parametrize("code", [BAR, WHOLE])
def test_a_pipe_gets_nothing(code: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (done.stdout.replace("a message\n", ""), done.stderr) == ("", "")
