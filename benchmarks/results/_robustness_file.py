"""The robustness of a run, in a file of its folder."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from ...errors import FacebenchError
from ...files import check_output, write_private
from ._reading import parse_result
from ._robustness_schema import RobustnessResult

ROBUSTNESS = "robust.json"
_OPTION = "The file"


def check_robustness(path: Path) -> None:
    """Refuse the folder of a run that cannot be written: better now than after minutes of work.

    Raises:
        FacebenchError: it cannot.
    """
    check_output(path / ROBUSTNESS, _OPTION, (".json",), lambda _: True)


def save_robustness(path: Path, result: RobustnessResult) -> None:
    """Write a run's robustness into its folder, private, in place of an older one.

    Raises:
        FacebenchError: it cannot be written.
    """
    write_private(path / ROBUSTNESS, (result.model_dump_json(indent=1) + "\n").encode(), _OPTION)


def read_robustness(path: Path) -> RobustnessResult | None:
    """Read a run's robustness; None where it has not been measured.

    What a newer facebench has added is passed over, as `read_run` does.

    Raises:
        FacebenchError: not readable, or damaged.
    """
    file = path / ROBUSTNESS
    if not file.exists():
        return None
    try:
        return parse_result(RobustnessResult, file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise FacebenchError(f"{file} cannot be read or is damaged: bench robust {path} makes a new one.") from error
