"""Bars with count, rate and time left, on standard error; nothing where that is no terminal.

A bar counts what has to be done: what is known already, such as photos in the store, is in none.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console, RenderableType
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

    def __init__(
        self, progress: Progress | None = None, label: str = "", total: int | None = None, unit: str = ""
    ) -> None:
        self._progress, self._label = progress, label
        self._task = progress.add_task(label, total=total, unit=unit) if progress else None

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

    def end(self) -> None:
        """Show it once more as it is in the end, then no longer."""
        if self._progress and self._task is not None:
            self._progress.refresh()
            self._progress.remove_task(self._task)


class Whole:
    """How many parts of something long are done; called when one more is.

    Attributes:
        total: number of parts; it may be corrected.
    """

    def __init__(self, total: int, parts: str) -> None:
        self.total, self._parts, self._done = total, parts, 0

    def __call__(self) -> None:
        self._done += 1

    def __str__(self) -> str:
        return f"{self._done} of {self.total} {self._parts}"


class _Bars(Progress):
    """Bars below a line that says how much of the whole is done."""

    def __init__(self, of: Whole, console: Console) -> None:
        self._of = of
        super().__init__(*_columns(), console=console, transient=True)

    def get_renderables(self) -> Iterable[RenderableType]:
        """Return the line and the bars."""
        return [Text(str(self._of)), *super().get_renderables()]


#: Where the bars of a block are shown that has a line for the whole.
_whole: ContextVar[_Bars | None] = ContextVar("whole", default=None)


@contextmanager
def whole(total: int, parts: str) -> Iterator[Whole]:
    """Show a line such as "2 of 9 pairings" while the block runs, and the bars of the block below it."""
    console, done = Console(stderr=True), Whole(total, parts)
    if not console.is_terminal:
        yield done
        return
    with _Bars(done, console) as bars:
        token = _whole.set(bars)
        try:
            yield done
        finally:
            _whole.reset(token)


@contextmanager
def progress_bar(label: str, total: int, unit: str) -> Iterator[Bar]:
    """Show a bar while the block runs; call what it gives with the number of units done since the last call."""
    with _shown(label, total, unit, *_columns()) as bar:
        yield bar


@contextmanager
def waiting(label: str) -> Iterator[None]:
    """Show that something is under way whose end cannot be foreseen."""
    with _shown(label, None, "", SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()):
        yield


def _columns() -> tuple[ProgressColumn, ...]:
    return (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeRemainingColumn(),
    )


@contextmanager
def _shown(label: str, total: int | None, unit: str, *columns: ProgressColumn) -> Iterator[Bar]:
    console = Console(stderr=True)
    if total == 0 or not console.is_terminal:
        yield Bar()
    elif bars := _whole.get():
        bar = Bar(bars, label, total, unit)
        try:
            yield bar
        finally:
            bar.end()
    else:
        with Progress(*columns, console=console, transient=True) as progress:
            yield Bar(progress, label, total, unit)


class _RateColumn(ProgressColumn):
    """Units per second since the bar began: a rate of the latest ones alone is absurd where they come in batches."""

    def render(self, task: Task) -> Text:
        elapsed = task.finished_time if task.finished else task.elapsed
        rate = f"{task.completed / elapsed:.1f} {task.fields['unit']}/s" if task.completed and elapsed else ""
        return Text(rate, style="progress.data.speed")
