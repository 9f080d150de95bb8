"""Files that are no sound bundle, from the outside: no zip, another's, cut off, packed to be a bomb, unreadable."""

import io
import os
import random
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.bundles import Bundle, BundleError, is_bundle
from facebench.bundles._archive import archive, packed

Members = Callable[..., dict[str, bytes]]
Written = Callable[..., Path]
Refused = Callable[[Path, str], None]
COEF = "head/coef.npy"


def test_a_sound_file_is_loaded(members: Members, written: Written) -> None:
    path = written(members())
    assert is_bundle(path)
    assert Bundle.load(path).manifest.target == "me"


def test_a_part_that_is_not_the_one_written_is_refused(members: Members, written: Written, refused: Refused) -> None:
    sound = members()
    other = packed(np.ones(128))
    refused(written({**sound, COEF: other}), "is damaged: 'head/coef.npy' has another sha256 than its manifest says")


def test_a_part_that_is_missing_or_one_too_many_is_refused(
    members: Members, written: Written, refused: Refused
) -> None:
    sound = members()
    refused(written({"manifest.json": sound["manifest.json"]}), "lacks 'head/coef.npy'")
    refused(written({**sound, "head/more.npy": sound[COEF]}), "its manifest does not name 'head/more.npy'")
    refused(written({COEF: sound[COEF]}), "is a zip, and no bundle: it has no manifest.json")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is no bundle, or a damaged one"),
        (b"PK\x05\x06" + bytes(18), "it has no manifest.json"),
        (b"\xff\xd8\xff\xe0 a photo", "is no bundle, or a damaged one"),
        (random.Random(0).randbytes(5000), "is no bundle, or a damaged one"),
    ],
    ids=["empty", "empty zip", "photo", "random"],
)
def test_other_files_are_no_bundle(content: bytes, what: str, tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "me.facebench").write_bytes(content)
    refused(tmp_path / "me.facebench", what)
    assert not is_bundle(tmp_path / "me.facebench")


def test_another_program_s_zip_is_no_bundle(written: Written, refused: Refused) -> None:
    document = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
    refused(written(document), r"is a zip, and no bundle: it has no manifest.json")
    refused(written({"manifest.json": b'{"name": "an extension"}'}), "its manifest does not say facebench-bundle")


def test_a_file_that_ends_early_is_refused_wherever(members: Members, written: Written, refused: Refused) -> None:
    path = written(members())
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 97), *range(len(whole) - 30, len(whole))]:
        path.write_bytes(whole[:length])
        refused(path, "is no bundle|is damaged|is refused|lacks")


def test_no_byte_can_be_another_unnoticed(members: Members, written: Written) -> None:
    path = written(members())
    whole, sound = path.read_bytes(), Bundle.load(path)
    drawn = random.Random(1)
    for position in [*range(0, len(whole), 41), *range(len(whole) - 160, len(whole))]:
        damaged = bytearray(whole)
        damaged[position] ^= drawn.randrange(1, 256)
        path.write_bytes(damaged)
        try:
            loaded = Bundle.load(path)
        except BundleError:
            continue
        # Dates and the like: nothing that a bundle is made of.
        assert loaded.manifest == sound.manifest
        assert loaded.head.arrays()["coef"].tobytes() == sound.head.arrays()["coef"].tobytes()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressed_members_are_refused(method: int, members: Members, tmp_path: Path, refused: Refused) -> None:
    path = tmp_path / "me.facebench"
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in {**members(), COEF: bytes(50_000_000)}.items():
            file.writestr(name, content)
    assert path.stat().st_size < 100_000
    refused(path, "is compressed, and could be a zip bomb")


def test_members_that_claim_to_be_larger_than_the_file_are_refused(
    members: Members, written: Written, refused: Refused
) -> None:
    path = written(members())
    content = bytearray(path.read_bytes())
    start = content.rindex(b"PK\x01\x02")
    content[start + 20 : start + 28] = struct.pack("<II", 1_900_000_000, 1_900_000_000)
    path.write_bytes(content)
    tracemalloc.start()
    refused(path, "its members are larger than the file, and could be a zip bomb")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_members_that_share_their_bytes_are_refused(members: Members, written: Written, refused: Refused) -> None:
    path = written({**members(), **{f"head/{letter * 3}.npy": b"" for letter in "abcdefgh"}})
    content = bytearray(path.read_bytes())
    starts = [i for i in range(len(content)) if content[i : i + 4] == b"PK\x01\x02"]
    coef = content[starts[1] : starts[2]]
    for start in starts[2:]:  # each says that its bytes are those of coef
        content[start + 16 : start + 28], content[start + 42 : start + 46] = coef[16:28], coef[42:46]
    path.write_bytes(content)
    refused(path, "could be a zip bomb|is no bundle, or a damaged one")


@pytest.mark.parametrize("name", ["../x.npy", "/abs.npy", "C:\\x.npy", "head\\coef.npy", "head/../../x.npy", "c:x.npy"])
def test_members_that_lead_out_of_the_file_are_refused(
    name: str, members: Members, written: Written, refused: Refused
) -> None:
    refused(written({**members(), name: b""}), "leads out of the file")


@pytest.mark.parametrize(
    "name", ["code.py", "head/coef.pkl", "head/deep/coef.npy", "head/", "HEAD/coef.npy", "a\x1b[2J"]
)
def test_members_that_a_bundle_does_not_have_are_refused(
    name: str, members: Members, written: Written, refused: Refused
) -> None:
    refused(written({**members(), name: b""}), "a bundle has no member '")


def test_a_member_that_is_there_twice_is_refused(members: Members, tmp_path: Path, refused: Refused) -> None:
    sound, path = members(), tmp_path / "me.facebench"
    path.write_bytes(archive({**sound, "head/coeg.npy": b"another"}).replace(b"head/coeg.npy", COEF.encode()))
    refused(path, "its member 'head/coef.npy' is there twice")


def test_an_encrypted_member_is_refused(members: Members, written: Written, refused: Refused) -> None:
    path = written(members())
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    refused(path, "its member 'head/coef.npy' is encrypted")


def test_what_is_no_file_is_refused(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "folder.facebench").mkdir()
    (tmp_path / "loop.facebench").symlink_to("loop.facebench")
    (tmp_path / "link.facebench").symlink_to("nowhere")
    refused(tmp_path / "folder.facebench", "cannot be read: Is a directory")
    refused(tmp_path / "loop.facebench", "cannot be read: Too many levels of symbolic links")
    refused(tmp_path / "link.facebench", "cannot be read: No such file or directory")
    refused(tmp_path / "none.facebench", "cannot be read: No such file or directory")
    with pytest.raises(BundleError, match=r"cannot be found: .*home directory"):
        Bundle.load("~nobody-of-that-name/me.facebench")


def test_a_file_that_may_not_be_read_is_refused(
    members: Members, written: Written, monkeypatch: pytest.MonkeyPatch, refused: Refused
) -> None:
    path = written(members())
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads everything: the system says no in its stead

        def refuse(*_: Any, **__: Any) -> io.BytesIO:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    refused(path, "cannot be read: Permission denied")
