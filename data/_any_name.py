"""Whether files under foreign names are photos, by their content: a matter of the whole command that lists them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Whether files are photos by their content, whatever they are called.
_any_name: ContextVar[bool] = ContextVar("any_name", default=False)


@contextmanager
def with_any_name(taken: bool) -> Iterator[None]:
    """List, inside the block, files that are photos by their content too, whatever they are called."""
    before = _any_name.set(taken)
    try:
        yield
    finally:
        _any_name.reset(before)


def takes_any_name() -> bool:
    """Return whether `with_any_name` says so."""
    return _any_name.get()
