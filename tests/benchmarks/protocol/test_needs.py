"""What a run says that it needs at most is no less than what it takes."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import needs_of
from facebench.data import orl_faces

Bench = Callable[..., tuple[int, str, str]]
PROGRAM = """
import resource, sys
from facebench.cli import main
sys.argv = ["bench", *sys.argv[1:]]
try:
    main()
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, file=sys.stderr)
"""


def test_more_photos_extractors_and_variants_need_more() -> None:
    faces = orl_faces()
    few, usual = faces.only(range(20)), Settings(extractors=["colour"], heads=["centroid"])
    least = needs_of(few, usual)
    for dataset, settings in (
        (faces, usual),
        (few, Settings(extractors=["colour", "rim"], heads=["centroid"])),
        (few, Settings(extractors=["colour"], heads=["centroid"], augment=9)),
        (few, Settings(extractors=["mobilenet"], heads=["centroid"])),
    ):
        more = needs_of(dataset, settings)
        assert (more.disk > least.disk, more.memory > least.memory, more.largest > more.memory) == (True,) * 3


def test_a_fusion_needs_what_its_parts_need_and_more() -> None:
    few = orl_faces().only(range(20))
    apart, together = ["sface", "mobilenet"], ["fusion('sface', 'mobilenet')"]
    of_parts, of_fusion = (needs_of(few, Settings(extractors=names, heads=["centroid"])) for names in (apart, together))
    assert of_fusion.memory > of_parts.memory


def test_tensorflow_needs_more_where_it_is_asked_for() -> None:
    few, usual = orl_faces().only(range(20)), Settings(extractors=["mobilenet"], heads=["mlp"])
    for change in ({"extractors": ["mobilenet(runtime='tensorflow')"]}, {"heads": ["mlp(trainer='keras')"]}):
        assert needs_of(few, usual.model_copy(update=change)).memory > 1.5 * needs_of(few, usual).memory


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--repeats", "1"],
        ["curve", "--photos", "5", "--draws", "1"],
        ["train", "-o", "me.facebench"],
    ],
    ids=lambda words: words[0],
)
def test_what_works_on_photos_says_it_first_and_warns_where_there_is_less(
    words: list[str], tmp_path: Path, command: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = orl_faces().items[0].path.parent.parent
    options = [*words, "--data", str(folder), "--extractor", "colour", "--head", "centroid", "--target", "s3"]
    monkeypatch.chdir(tmp_path)
    said = command(*options)[2]
    assert re.match(r"Needs at most \d+ MB of disk and \d\.\d GB of memory \(\d+\.\d GB with photos of 89 meg", said)
    assert "only" not in said.splitlines()[0]
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=10_000))
    monkeypatch.setattr(os, "sysconf", lambda name: 10_000)
    said = command(*options)[2].splitlines()[0]
    assert "only 0 MB are free in" in said
    assert "this machine has 0.1 GB: if they do not suffice, take fewer photos" in said


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is told by getrusage, which Windows lacks")
@pytest.mark.parametrize(
    "options",
    [
        ["--extractor", "colour", "--head", "centroid"],
        ["--extractor", "colour", "--head", "logreg", "--head", "svm", "--augment", "3", "--target", "s3"],
        ["--target", "s3"],
        ["--target", "s3", "--runtime", "tensorflow", "--head", "mlp(trainer='keras')"],
    ],
)
def test_a_run_takes_no_more_than_it_said(options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    done = subprocess.run([sys.executable, "-c", PROGRAM, "run", *options], capture_output=True, text=True, check=True)
    megabytes, gigabytes = re.search(r"most (\d+) MB of disk and (\S+) GB", done.stderr).groups()
    taken = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    assert taken <= int(megabytes) * 1_000_000
    assert int(re.search(r"peak (\d+)", done.stderr)[1]) <= float(gigabytes) * 1e9
