"""The facts of a run, except its metrics."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Column, Table

from ...errors import counted
from ...text import terminal_table
from ..results import RunResult


def describe_run(name: str, result: RunResult) -> Table:
    """Return the facts of a run: settings, photos, versions and machine.

    Args:
        name: of its folder.
        result: the run.
    """
    return terminal_table([Column(style="bold", no_wrap=True), Column(overflow="fold")], _facts(name, result))


def _facts(name: str, result: RunResult) -> list[tuple[str, str]]:
    data, unknown = result.dataset, result.settings.model_extra or {}
    unused = () if result.settings.augment else ("augmentation",)
    return [
        ("run", f"{name}, {'complete' if result.status == 'complete' else 'partial: it ended early'}"),
        ("created", f"{result.created}, in {result.seconds:.0f} s"),
        ("command", result.command),
        ("data set", f"{data.title}: {counted(data.photos, 'photo')}, {data.people} people"),
        *((f"--{option}", folder) for option, folder in data.sources.items()),
        ("targets", _listed(result.targets)),
        ("pairings", _listed([f"{p.extractor} x {p.head}" for p in result.pairings if p.extractor])),
        ("settings", _pairs(result.settings.model_dump(exclude={*unknown, *unused}))),
        *([("unknown settings", f"{_pairs(unknown)} (of a newer facebench)")] if unknown else []),
        ("versions", _pairs(result.versions)),
        ("machine", _pairs(result.machine)),
        *(("left out", f"{of.extractor} x {of.head}: its head {of.reason}") for of in result.refused),
        *(("warning", warning) for warning in result.warnings),
    ]


def _pairs(values: Mapping[str, object], between: str = "; ") -> str:
    return between.join(
        f"{key.replace('_', ' ')} {_text(value)}" for key, value in values.items() if value not in ("", None, [])
    )


def _text(value: object) -> str:
    if isinstance(value, dict):
        return f"({_pairs(value, ', ')})"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _listed(names: list[str]) -> str:
    return f"{len(names)}: {', '.join(names)}" if names else "none"
