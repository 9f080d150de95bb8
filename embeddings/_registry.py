"""Every extractor by name: the built-in ones and those of plug-ins."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import FacebenchError, printable
from ..registry import Registry, with_path
from ._extractor import Extractor

#: A call without its path, as an example; the numbers are those of many face networks.
_OWN_NETWORK = "onnx(align='arcface112', order='rgb', mean=127.5, scale=127.5)"
_VECTORS = (".npz", ".parquet")


class ExtractorRegistry(Registry[Extractor]):
    """Extractors by registered name; the path of a file is refused with how to take it."""

    def _resolve(self, call: str, defaults: dict[str, object]) -> tuple[Callable[..., Any], dict[str, Any]]:
        if call not in self and _is_file(call):
            raise FacebenchError(_how_to_take(call))
        return super()._resolve(call, defaults)


def _is_file(call: str) -> bool:
    """Return whether a call is the path of a file; one of a network need not be there."""
    try:
        return Path(call).suffix.lower() == ".onnx" or Path(call).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):  # too long, null characters, "~name" of nobody
        return False


def _how_to_take(file: str) -> str:
    wrong = f"{printable(file)} is a file, not the name of an extractor."
    if Path(file).suffix.lower() in _VECTORS:
        return f"{wrong} Vectors made elsewhere are taken by --vectors {printable(file)}."
    call = with_path(_OWN_NETWORK, file)
    quoted = shlex.quote(call) if set(call) & set('"$`\\') else f'"{call}"'
    return (
        f"{wrong} A network of your own is named by a call, with what its file does not say: --extractor {quoted}. "
        "Take the values from the page of the network; docs/onnx.md explains them."
    )


#: Every extractor, built in or from a plug-in, by name.
extractors: Registry[Extractor] = ExtractorRegistry("extractor", "facebench.extractors")
