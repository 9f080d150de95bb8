"""Threads and networks do not survive a fork: their copy in the child waits for ever, so it is refused at once."""

import os

from ..errors import FacebenchError


def refuse_fork(owner: int) -> None:
    """Refuse to use what another process made, by its id.

    Raises:
        FacebenchError: this process was forked from it.
    """
    if os.getpid() != owner:
        raise FacebenchError(
            "This process was forked from one that had used an extractor, and its threads and networks stayed there: "
            "start processes by spawn (multiprocessing.get_context('spawn'), joblib's loky)."
        )
