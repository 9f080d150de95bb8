"""Files from installed packages: found by metadata, verified by sha256, never imported."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ..errors import FacebenchError


def first_installed(packages: tuple[str, ...]) -> str:
    """Return the first of these distributions that is installed; where none is, the first, to be asked for."""
    for package in packages:
        try:
            distribution(package)
        except PackageNotFoundError:
            continue
        return package
    return packages[0]


@cache
def carried_file(package: str, file: str, sha256: str) -> Path:
    """Return the path of `file` inside the installed distribution `package`, verified once per process.

    Raises:
        FacebenchError: the package is missing, or the file is missing or not the expected one.
    """
    return carried_files(package, (file,), sha256)[0]


@cache
def carried_files(package: str, files: tuple[str, ...], sha256: str) -> tuple[Path, ...]:
    """Return the paths of `files`; `sha256` is that of all their bytes concatenated.

    Raises:
        FacebenchError: the package is missing, or a file is missing or not the expected one.
    """
    try:
        installed = distribution(package)
    except PackageNotFoundError as error:
        raise FacebenchError(f"The package {package} is not installed: install facebench again.") from error
    paths = tuple(Path(str(installed.locate_file(file))) for file in files)
    digest = hashlib.sha256()
    for path in paths:
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            raise FacebenchError(
                f"{path} cannot be read ({error.strerror}): install {package} {installed.version} again."
            ) from error
    if digest.hexdigest() != sha256:
        what = paths[0] if len(paths) == 1 else paths[0].parent.parent
        raise FacebenchError(
            f"{what} is not the expected file (sha256 {digest.hexdigest()}): "
            f"install {package} {installed.version} again."
        )
    return paths
