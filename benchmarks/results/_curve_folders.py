"""Learning curves on disk, in folders beside those of runs."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from ...errors import FacebenchError
from ._curve_schema import CurveResult
from ._folder_names import has_file, is_called
from ._reading import parse_result

CURVE = "curve.json"


def find_curve(root: str | Path, name: str) -> Path | None:
    """Return the folder of one learning curve, by path, folder name or number; None where there is none."""
    if has_file(Path(name), CURVE):
        return Path(name)
    root = Path(root).expanduser()
    named = (path for path in root.iterdir() if is_called(path, name)) if root.is_dir() else ()
    return next((path for path in named if has_file(path, CURVE)), None)


def read_curve(path: Path) -> CurveResult:
    """Read a learning curve; what a newer facebench has added is passed over, as `read_run` does.

    Raises:
        FacebenchError: not readable, or damaged.
    """
    file = path / CURVE
    try:
        return parse_result(CurveResult, file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise FacebenchError(f"The learning curve {file} cannot be read: bench curve makes a new one.") from error
