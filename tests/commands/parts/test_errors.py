"""Errors: one look, whoever finds them; what was probably meant; and nothing that may be copied is broken."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ...terminal import in_terminal

BENCH = [sys.executable, "-c", "from facebench.cli import main; main()"]
Bench = Callable[..., tuple[int, str, str]]

USE = {
    "option": (["run", "--extractr", "x"], "No such option: --extractr. Did you mean '--extractor'?"),
    "no option at all": (["list", "--zzz"], "No such option: --zzz."),
    "command": (["rnu"], "No such command 'rnu'. Did you mean 'run'?"),
    "command of a group": (["cache", "pruge"], "No such command 'pruge'. Did you mean 'purge'?"),
    "choice": (["run", "--format", "jsn"], "--format cannot be 'jsn'. Did you mean 'json'?"),
    "choice in capitals": (["run", "--split", "TIME"], "--split cannot be 'TIME'. Did you mean 'time'?"),
    "choice far away": (["run", "--layout", "zzz"], "--layout cannot be 'zzz'. There is: auto, flat, people, split."),
    "no number": (["run", "--seed", "x"], "--seed cannot be 'x'. It has to be a whole number."),
    "no number with a point": (["speed", "--megapixels", "x"], "--megapixels cannot be 'x'. It has to be a number."),
    "too small": (["run", "--repeats", "0"], "--repeats cannot be '0'. It has to be 1 or more."),
    "too small, repeatable": (["curve", "--photos", "0"], "--photos cannot be '0'. It has to be 1 or more."),
    "nothing to do": (["show"], "Missing argument "),
    "too much": (["list", "x"], "Got unexpected extra argument(s) (x)."),
}
VALUES = {
    "extractor": (["run", "--extractor", "MobileNet"], "Did you mean 'mobilenet'?"),
    "head": (["run", "--head", "log"], "Did you mean 'logreg'?"),
    "preset": (["run", "--preset", "improve"], "Did you mean 'improved'?"),
    "augmentation": (["run", "--augmentation", "rotatoin=3"], "Did you mean 'rotation'?"),
}


@pytest.mark.parametrize(("arguments", "says"), USE.values(), ids=USE)
def test_wrong_use_is_told_as_any_error_and_where_help_is(arguments: list[str], says: str, command: Bench) -> None:
    code, shown, message = command(*arguments)
    assert (code, shown) == (2, "")
    assert message.startswith(f"Error: {says}")
    of = "bench" if arguments == ["rnu"] else f"bench {arguments[0]}"
    assert re.search(rf"[.?]\nTry '{of} --help'\.\n$", message)


@pytest.mark.parametrize(("arguments", "says"), VALUES.values(), ids=VALUES)
def test_a_wrong_value_is_told_with_what_was_meant(
    arguments: list[str], says: str, refused: Callable[..., str], tmp_path: Path
) -> None:
    message = refused(*arguments, cwd=tmp_path)
    assert message.startswith("Error: ")
    assert message.endswith(f"{says}\n")


def test_a_terminal_wraps_at_words_and_a_pipe_does_not(command: Bench, tmp_path: Path) -> None:
    folder = tmp_path / ("a-folder-with-a-long-name-" * 4)
    code, shown = in_terminal([*BENCH, "run", "--data", str(folder)], 60, tmp_path)
    assert code == 2
    lines = re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()
    assert lines[0] == "Error: --data"
    assert lines[1].startswith(str(folder))
    assert command("run", "--data", folder)[2] == " ".join(lines) + "\n"
    assert "\x1b[1;31mError:\x1b[0m --data" in shown


def test_no_control_character_of_an_argument_reaches_the_terminal(command: Bench) -> None:
    for arguments in (["run", "--format", "\x1b[2J"], ["\x1b[2J"], ["run", "--\x1b[2J"]):
        assert "\x1b" not in command(*arguments)[2]
