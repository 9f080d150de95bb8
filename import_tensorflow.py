"""TensorFlow and Keras, imported on use (it takes seconds), without their chatter and with settings of our own."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from .errors import FacebenchError

_BACKEND = "tensorflow"
_settings = threading.RLock()


@cache
def import_tensorflow() -> Any:
    """Return the module `tensorflow`.

    Raises:
        FacebenchError: Keras cannot be imported with the settings that it finds, or runs on another backend.
    """
    # Read once, when its libraries are loaded; whoever sets it to see more keeps what they set.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _stderr_discarded(), _backend_named():
        _import_keras()  # TensorFlow would do it sooner or later: here with the right backend
        import tensorflow

        tensorflow.config.list_physical_devices("GPU")  # initialises the rest of what talks
    return tensorflow


@cache
def import_keras() -> Any:
    """Return the module `keras`, on TensorFlow.

    Raises:
        FacebenchError: as `import_tensorflow`.
    """
    import_tensorflow()
    return _import_keras()


@contextmanager
def default_keras() -> Iterator[None]:
    """Give Keras its default settings for a block: float32, channels last.

    A keras.json or a program of another project may say otherwise; it has its own settings back behind the block.
    """
    config = import_keras().config
    with _settings:
        layout, floats, policy = config.image_data_format(), config.floatx(), config.dtype_policy()
        config.set_image_data_format("channels_last")
        config.set_floatx("float32")
        config.set_dtype_policy("float32")
        try:
            yield
        finally:
            config.set_image_data_format(layout)
            config.set_floatx(floats)
            config.set_dtype_policy(policy)


def _import_keras() -> Any:
    try:
        import keras
    except (AssertionError, KeyError, TypeError, ValueError) as error:  # it checks the file with assertions
        raise FacebenchError(
            f"Keras does not start with its settings ({type(error).__name__}: {error}): correct or remove "
            f"{os.environ.get('KERAS_HOME', '~/.keras')}/keras.json."
        ) from error
    if keras.config.backend() != _BACKEND:
        raise FacebenchError(
            f"Keras runs on {keras.config.backend()} in this process, and facebench needs it on TensorFlow: set "
            "KERAS_BACKEND=tensorflow before keras is imported, or use facebench in a process of its own."
        )
    return keras


@contextmanager
def _backend_named() -> Iterator[None]:
    """Let Keras start on TensorFlow, whatever the environment or keras.json says of other projects."""
    before = os.environ.get("KERAS_BACKEND")
    os.environ["KERAS_BACKEND"] = _BACKEND
    try:
        yield
    finally:
        if before is None:
            del os.environ["KERAS_BACKEND"]
        else:
            os.environ["KERAS_BACKEND"] = before


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
