"""TensorFlow and Keras, imported on use (it takes seconds) and without their chatter on standard error."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@cache
def import_tensorflow() -> Any:
    """Return the module `tensorflow`."""
    # Read once, when its libraries are loaded; whoever sets it to see more keeps what they set.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _stderr_discarded():
        import tensorflow

        tensorflow.config.list_physical_devices("GPU")  # initialises the rest of what talks
    return tensorflow


@cache
def import_keras() -> Any:
    """Return the module `keras`, on TensorFlow."""
    import_tensorflow()
    import keras

    return keras


@contextmanager
def _stderr_discarded() -> Iterator[None]:
    # The libraries log before logging is set up, past Python: only the file descriptor itself can be turned away.
    # Exceptions still come through.
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
