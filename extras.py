"""Optional packages: what installs those of an extra."""

import shlex
from importlib import metadata


def how_to_install(extra: str) -> str:
    """Return the command that installs the packages of an extra of facebench, in versions that go with it.

    >>> how_to_install("heic")
    "pip install 'pillow-heif<2,>=0.22'"
    """
    from packaging.requirements import Requirement

    required = [Requirement(text) for text in metadata.requires("facebench") or []]
    wanted = [
        f"{package.name}{package.specifier}"
        for package in required
        if package.marker and package.marker.evaluate({"extra": extra}) and not package.marker.evaluate({"extra": ""})
    ]
    return shlex.join(["pip", "install", *wanted])
