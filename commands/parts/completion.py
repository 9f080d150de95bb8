"""What the shell completes when Tab is pressed: names of components, columns, presets and runs."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import typer

from ...errors import FacebenchError
from ...registry import entry_points

_SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")


def extractor_names() -> list[str]:
    """Return the names of all extractors; none is imported."""
    return sorted(point.name for point in entry_points(group="facebench.extractors"))


def head_names() -> list[str]:
    """Return the names of all heads, likewise."""
    return sorted(point.name for point in entry_points(group="facebench.heads"))


def components_and_runs(ctx: typer.Context) -> list[str]:
    """Return what `bench show` takes by name."""
    detectors = sorted(point.name for point in entry_points(group="facebench.detectors"))
    return [*extractor_names(), *detectors, *head_names(), *run_names(ctx)]


def run_names(ctx: typer.Context) -> list[str]:
    """Return the folders of the runs in the folder that --runs names, newest first, and `last`."""
    from ...benchmarks.results import find_runs

    found = [path.name for path in find_runs(ctx.params.get("runs") or Path("runs"))]
    return [*found[::-1], "last"] if found else []


def columns_written(incomplete: str) -> list[str]:
    """Return the columns of the comparison table, behind those of a list that are written out."""
    from ...benchmarks.comparison import COLUMNS

    before = incomplete[: incomplete.rfind(",") + 1]
    return [before + name for name in COLUMNS]


def kinds_written(incomplete: str) -> list[str]:
    """Return the kinds of degradation, behind those of a list that are written out."""
    from ...data import DEGRADATIONS

    before = incomplete[: incomplete.rfind(",") + 1]
    return [before + name for name in DEGRADATIONS]


def preset_names() -> list[str]:
    """Return the names of all presets."""
    from ...benchmarks import PRESETS

    return sorted(PRESETS)


def check_shell(arguments: list[str]) -> None:
    """Refuse to install or show a completion for a shell that is none of those it is written for.

    Raises:
        FacebenchError: the shell from which bench was started has another name, or none that can be found.
    """
    if arguments[:1] not in (["--install-completion"], ["--show-completion"]):
        return
    import shellingham  # that typer brings

    shell = "none"
    with suppress(shellingham.ShellDetectionFailure, RuntimeError):
        shell = shellingham.detect_shell()[0]
    if shell not in _SHELLS:
        raise FacebenchError(
            f"{arguments[0]} is for the shell from which bench is started, and that is {shell}: start it from "
            f"{', '.join(_SHELLS[:-1])} or {_SHELLS[-1]}."
        )
