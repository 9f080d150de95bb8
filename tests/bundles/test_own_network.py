"""A bundle of `onnx`: it knows its network by content, holds no path, and opens only the file that it is given."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from facebench.benchmarks import Settings
from facebench.bundles import Bundle, BundleError, train_bundle
from facebench.bundles._extractor import extractor_part
from facebench.data import people_folder
from facebench.embeddings import extractors
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError

from ..onnx_files import face_network

Made = Callable[..., Bundle]
REST = "align='whole', order='rgb', mean=127.5, scale=128, licence='mine'"


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(face_network(dimension=128))
    return path


@pytest.fixture
def saved(made: Made, net: Path, tmp_path: Path) -> Path:
    """A bundle of made-up numbers for vectors of the network."""
    call = f"onnx('{net}', {REST})"
    path = tmp_path / "me.facebench"
    made(extractor=extractor_part(call, extractors.create(call))).save(path)
    return path


def test_it_keeps_the_hash_and_the_name_but_no_path(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved) as file:
        text = file.read("manifest.json").decode()
    manifest = json.loads(text)
    assert manifest["extractor"]["name"] == f"onnx('net.onnx', {REST})"
    assert len(manifest["extractor"]["card"]["weights_sha256"]) == 64
    assert str(tmp_path) not in text


def test_it_answers_with_its_network_wherever_that_lies(
    saved: Path, net: Path, orl: list[Path], tmp_path: Path
) -> None:
    answers = Bundle.load(saved, net).predict(orl[:3])
    assert all(answer.score is not None for answer in answers)
    moved = tmp_path / "it's another name.onnx"
    shutil.move(net, moved)
    assert Bundle.load(saved, moved).predict(orl[:3]) == answers


def test_without_the_file_it_is_read_but_does_not_answer(
    saved: Path, orl: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where a file of its name lies in the current folder."""
    monkeypatch.chdir(tmp_path)
    bundle = Bundle.load(saved)
    with pytest.raises(FacebenchError, match=r"needs the network 'net\.onnx', which is not in it.*--network FILE"):
        bundle.predict(orl[:1])


def test_another_file_is_refused_by_name_and_hash(saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(face_network(dimension=128, seed=1))
    with pytest.raises(BundleError, match=rf"needs the network 'net\.onnx' \(sha256 .*\), and {other} is another one"):
        Bundle.load(saved, other)
    with pytest.raises(FacebenchError, match=r"gone\.onnx cannot be read"):
        Bundle.load(saved, tmp_path / "gone.onnx")


def test_a_bundle_of_another_extractor_takes_no_file(made: Made, net: Path, tmp_path: Path) -> None:
    made().save(tmp_path / "me.facebench")
    with pytest.raises(BundleError, match="needs no file of a network: leave out"):
        Bundle.load(tmp_path / "me.facebench", net)


@pytest.mark.parametrize("forged", ["path='/etc/passwd', ", "'/etc/passwd', "])
def test_no_path_of_a_manifest_is_opened(
    forged: str, saved: Path, written: Callable[..., Path], orl: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(saved) as file:
        members = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(members["manifest.json"])
    manifest["extractor"]["name"] = f"onnx({forged}{REST})"
    path = written(members, manifest)
    monkeypatch.setattr(extractors, "create", lambda *_, **__: pytest.fail("an extractor was made"))
    with pytest.raises(FacebenchError, match="needs the network '/etc/passwd', which is not in it"):
        Bundle.load(path).predict(orl[:1])


def test_trained_and_used_by_the_command_line(
    folder: Path, net: Path, store: VectorStore, tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    settings = Settings(extractors=[f"onnx('{net}', {REST})"], heads=["logreg"], repeats=1, target="s1", seed=3)
    train_bundle(people_folder(folder), settings, store=store).save(tmp_path / "me.facebench")
    code, out, _ = command("predict", tmp_path / "me.facebench", folder / "s1", "--network", net)
    assert code in (0, 1)
    assert out.count("\n") == 9
    code, _, error = command("predict", tmp_path / "me.facebench", folder / "s1")
    assert code == 2
    assert "This bundle needs the network 'net.onnx'" in error
    assert command("show", tmp_path / "me.facebench")[0] == 0
