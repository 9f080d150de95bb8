"""Bars with count, rate and time left, on standard error; nothing where that is no terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Bar:
    """A bar under way, or nothing where it is not shown; called with the number of units done since the last call."""

    def __init__(self, progress: Progress | None = None, label: str = "", total: int | None = None) -> None:
        self._progress, self._label = progress, label
        self._task = progress.add_task(label, total=total) if progress else None

    def __call__(self, done: int) -> None:
        if self._progress and self._task is not None:
            self._progress.advance(self._task, done)

    @contextmanager
    def saying(self, label: str) -> Iterator[None]:
        """Show another label while the block runs."""
        self._say(label)
        yield
        self._say(self._label)

    def _say(self, label: str) -> None:
        if self._progress and self._task is not None:
            self._progress.update(self._task, description=label, refresh=True)


@contextmanager
def progress_bar(label: str, total: int, unit: str) -> Iterator[Bar]:
    """Show a bar while the block runs; call what it gives with the number of units done since the last call."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        _RateColumn(unit),
        TimeRemainingColumn(),
    )
    with _shown(label, total, *columns) as bar:
        yield bar


@contextmanager
def waiting(label: str) -> Iterator[None]:
    """Show that something is under way whose end cannot be foreseen."""
    with _shown(label, None, SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()):
        yield


@contextmanager
def _shown(label: str, total: int | None, *columns: ProgressColumn) -> Iterator[Bar]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Bar()
        return
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bar(progress, label, total)


class _RateColumn(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f} {self.unit}/s" if task.speed else "", style="progress.data.speed")
