"""Extractors by name: the path of a file is none, and is refused with how to take it."""

import re
import shlex
from pathlib import Path

import pytest
from facebench.embeddings import extractors
from facebench.errors import FacebenchError
from facebench.registry import parse_call


def refusal(call: str) -> str:
    with pytest.raises(FacebenchError) as caught:
        extractors.create(call)
    return str(caught.value)


@pytest.mark.parametrize("name", ["./model.onnx", "nowhere.onnx", "MODEL.ONNX", "~/my models/net.onnx", "weights.bin"])
def test_a_file_is_refused_with_the_call_that_takes_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights.bin").write_bytes(b"")
    message = refusal(name)
    assert message.startswith(f"{name} is a file, not the name of an extractor. ")
    call = re.search(r'--extractor "(.*?)"', message)
    assert call
    named, given = parse_call(call[1])
    assert (named, given.pop("path")) == ("onnx", name)
    # Nothing but the file is missing in it.
    (tmp_path / "empty.onnx").write_bytes(b"")
    with pytest.raises(FacebenchError, match=r"empty\.onnx"):
        extractors.create("onnx('empty.onnx', " + ", ".join(f"{key}={value!r}" for key, value in given.items()) + ")")


def test_a_path_that_a_shell_would_change_is_quoted_for_it() -> None:
    quoted = refusal("it's $HOME.onnx").partition("--extractor ")[2].partition(". Take")[0]
    [call] = shlex.split(quoted)
    assert parse_call(call)[1]["path"] == "it's $HOME.onnx"


@pytest.mark.parametrize("name", ["mine.npz", "mine.parquet"])
def test_a_file_of_vectors_is_refused_with_its_option(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(b"")
    assert refusal(name).endswith(f"Vectors made elsewhere are taken by --vectors {name}.")


def test_a_name_stays_a_name_beside_a_file_or_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "colour").write_bytes(b"")
    (tmp_path / "colours").mkdir()
    assert extractors.create("colour").card.name == "colour"
    assert "Did you mean 'colour'?" in refusal("colours")
    assert "is not a name or a call" in refusal("a" * 5000 + "\0")
