"""Functions compiled by numba, and where it keeps them.

numba keeps machine code by pickle, which could execute anything: the one place where facebench reads a pickle. So it is
done in a private directory alone, and `_ready.py` has looked at that before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numba

from ....errors import FacebenchError

#: Nothing is added in another order than it is written, so that results are the same on every processor.
_EXACT: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
#: Products are added without rounding in between, where the processor can: sums of weights, in half the time.
_FUSED = _EXACT | {"fastmath": {"contract"}}


def part(function: Any) -> Any:
    """Compile a function as a part of others."""
    return numba.njit(**_EXACT)(function)


def fused_part(function: Any) -> Any:
    """Compile a sum of products as a part of others."""
    return numba.njit(**_FUSED)(function)


def compiled(signature: Any) -> Callable[[Any], Any]:
    """Return a decorator that compiles a function for arguments of these types, or takes what was kept."""

    def compile_(function: Any) -> Any:
        if not _Settings.active:
            raise RuntimeError("this module is imported within kept_in(directory) alone")
        return numba.njit(signature, cache=True, **_EXACT)(function)

    return compile_


class _Settings:
    active = False


@contextmanager
def kept_in(directory: Path) -> Iterator[None]:
    """Let numba keep code in a directory, and work on neighbouring numbers at once, while functions are compiled.

    Whoever uses numba too has their own settings back behind the block.

    Raises:
        FacebenchError: somebody has compiling turned off.
    """
    if numba.config.DISABLE_JIT:
        raise FacebenchError("NUMBA_DISABLE_JIT is set")
    ours = {"CACHE_DIR": str(directory), "SLP_VECTORIZE": 1}
    before = {name: getattr(numba.config, name) for name in ours}
    try:
        _Settings.active = True
        for name, value in ours.items():
            setattr(numba.config, name, value)
        yield
    finally:
        _Settings.active = False
        for name, value in before.items():
            setattr(numba.config, name, value)
