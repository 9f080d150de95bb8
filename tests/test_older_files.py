"""What commit 6cc0e70 wrote is read, served and replayed: a store, runs and a bundle (see fixtures/6cc0e70)."""

import csv
import importlib.util
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from facebench.benchmarks import Settings, read_run
from facebench.benchmarks.results import CurveResult, parse_result
from facebench.bundles import Bundle
from facebench.data import Augmentation
from facebench.embeddings import VectorStore

Bench = Callable[..., tuple[int, str, str]]

FIXTURES = Path(__file__).parent / "fixtures"
OLD = FIXTURES / "6cc0e70"
RUNS = ["0001-people", "0002-people", "0003-s3"]


@pytest.fixture
def bench(command: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs `bench` where the old files and their photos lie, without what extracts vectors."""
    spec = importlib.util.spec_from_file_location("make_fixtures", FIXTURES / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.lay_out_photos(tmp_path)
    shutil.copytree(OLD / "runs", tmp_path / "runs")
    shutil.copy(OLD / "me.facebench", tmp_path)
    (tmp_path / "cache").mkdir()
    shutil.copy(OLD / "vectors.sqlite", tmp_path / "cache")
    for file in tmp_path.glob("runs/*/*.json"):
        folder = json.dumps(str(tmp_path))[1:-1]
        file.write_text(file.read_text(encoding="utf-8").replace("FOLDER", folder), encoding="utf-8")
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.chdir(tmp_path)
    for library in ("dlib", "keras", "openvino"):
        monkeypatch.setitem(sys.modules, library, None)  # importing it fails
    return command


@pytest.mark.parametrize("name", RUNS)
def test_show_tells_the_facts_of_an_old_run(name: str, bench: Bench, tmp_path: Path) -> None:
    code, shown, _ = bench("show", name)
    old = json.loads((tmp_path / "runs" / name / "result.json").read_text(encoding="utf-8"))
    assert code == 0
    assert f"{name}, complete" in shown
    for fact in (old["command"], old["dataset"]["title"], str(tmp_path), *old["targets"], old["versions"]["numpy"]):
        assert fact in shown
    assert "unknown settings" not in shown


def test_compare_gives_the_figures_that_it_gave(bench: Bench) -> None:
    code, shown, _ = bench("compare", "--format", "csv")
    assert code == 0
    printed = (OLD / "compare.csv").read_text(encoding="utf-8")
    before, after = (list(csv.DictReader(io.StringIO(text))) for text in (printed, shown))
    # What was prose then is a number now, and what had no number then is empty now.
    names = {"versus_low": "difference_low", "versus_high": "difference_high"}
    same = [name for name in before[0] if name not in ("versus", "p", "augment")]
    _same_figures(
        "\n".join(",".join(row[name] for name in same) for row in before),
        "\n".join(",".join(row[names.get(name, name)] for name in same) for row in after),
    )
    for old, new in zip(before, after, strict=True):
        if old["p"] == "'-":
            assert (new["p_adjusted"], float(new["difference"] or 0)) == ("", 0)
        else:
            assert 100 * float(new["difference"]) == pytest.approx(
                float(old["versus"].split()[0].strip("',")), abs=0.05
            )
            # p-values are adjusted for all rows by max-t since, not by Holm: they are no larger.
            assert float(new["p_adjusted"]) <= float(old["p"])


def test_a_report_shows_old_runs_with_their_photos_and_their_nearest(bench: Bench, tmp_path: Path) -> None:
    code, _, messages = bench("report", "--photos", "-o", "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (code, messages) == (0, "")
    assert page.count("data:image/jpeg;base64") > 20
    for name in RUNS:
        assert name in page


@pytest.mark.parametrize(
    ("run", "options"),
    [
        ("1", ["--extractor", "face_recognition", "--head", "logreg"]),
        ("1", ["--extractor", "mobilenet", "--head", "logreg"]),
        ("1", ["--extractor", "mobilenet", "--head", "svm", "--include-vectors"]),
        ("2", []),
        ("3", []),
    ],
)
def test_the_head_that_an_old_run_tested_is_had_again(run: str, options: list[str], bench: Bench) -> None:
    # It compares every score with the run's, and refuses where one differs.
    code, shown, _ = bench("train", "--from", run, "--as-tested", *options, "-o", "tested.facebench")
    assert code == 0
    assert "The head and threshold that the run tested." in shown


def test_a_head_trained_on_an_old_run_is_the_one_that_was_kept(bench: Bench) -> None:
    options = ["--extractor", "face_recognition", "--head", "logreg"]
    assert bench("train", "--from", "1", *options, "-o", "again.facebench")[0] == 0
    before, after = Bundle.load("me.facebench").manifest, Bundle.load("again.facebench").manifest
    for kept in ("target", "extractor", "head", "threshold_rule", "training"):
        assert getattr(after, kept) == getattr(before, kept)
    assert after.threshold == pytest.approx(before.threshold)
    assert after.out_of_fold.metrics.model_dump() == pytest.approx(before.out_of_fold.metrics.model_dump())


def test_an_old_bundle_answers_as_it_did(bench: Bench) -> None:
    code, shown, _ = bench("predict", "me.facebench", "people", "--format", "csv")
    assert code == 0
    _same_figures((OLD / "answers.csv").read_text(encoding="utf-8"), shown)


@pytest.mark.usefixtures("bench")
def test_an_old_result_says_how_its_photos_were_augmented(tmp_path: Path) -> None:
    augmentation = read_run(tmp_path / "runs" / "0003-s3").settings.augmentation
    curve = parse_result(CurveResult, (tmp_path / "runs" / "0004-people-curve" / "curve.json").read_text())
    assert augmentation == curve.settings.augmentation == Augmentation(version=1)
    assert json.loads(Settings().model_dump_json())["augmentation"]["version"] == Augmentation().version == 2


@pytest.mark.parametrize("name", RUNS)
def test_the_old_store_serves_every_vector_and_the_figures_are_the_same(
    name: str, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "dlib")  # faces are searched to be measured: the store is older than detections
    old = read_run(tmp_path / "runs" / name)
    before = _stored(tmp_path)
    assert (old.settings.threshold, old.threshold_version, old.heads) == ("auto", 1, {})
    # With so few photos `auto` was the head's own threshold then, and unless asked for, other variants are made today:
    # those of the store are of photos turned beside their middle.
    then = ["--threshold", "0.5", *(["--augmentation", "version=1"] if old.settings.augment else [])]
    named = [part for name in old.settings.extractors for part in ("--extractor", name)]
    assert bench(*old.command.split()[1:], *([] if "--extractor" in old.command else named), *then)[0] == 0
    again = read_run(max((tmp_path / "runs").iterdir()))
    extractions = {extraction.extractor: extraction for extraction in again.extractors}
    for extraction in (extractions[before.extractor] for before in old.extractors):
        assert extraction.stored == extraction.photos > 0
    if old.settings.augment:
        assert again.extractors[0].augmentation.stored == again.extractors[0].augmentation.variants > 0
    # Screening computes its own findings anew; it looks at more than it did then.
    after = _stored(tmp_path)
    assert after.pop("fingerprint()") > before.pop("fingerprint()")
    measured = [title for title in after if title.startswith("properties(")]
    assert [after.pop(title) > 0 for title in measured] == [True]  # face and photo are measured since
    assert after == before
    assert (old.grouping, again.grouping) == (1, 2)
    if name == "0002-people":  # the others, split by group, had copies that are none by the rules of today
        assert again.split_hash != old.split_hash
        return
    assert (again.split_hash, again.test_hash) == (old.split_hash, old.test_hash)
    found = {(pairing.extractor, pairing.head): pairing for pairing in again.pairings}
    same = [(pairing, found.get((pairing.extractor, pairing.head))) for pairing in old.pairings]
    assert all(second for first, second in same if not first.audit)  # the head of an audit is chosen now
    for first, second in same:
        for one, other in zip(first.targets, second.targets if second else first.targets, strict=True):
            assert one.metrics.model_dump() == pytest.approx(other.metrics.model_dump())


def _stored(folder: Path) -> dict[str, int]:
    """Return how many outcomes the store holds, by extractor; but for audits, of which more are made today."""
    counts = VectorStore(folder / "cache" / "vectors.sqlite").counts()
    return {title: count for title, count in counts.items() if title.split("(")[0] not in ("colour", "metadata", "rim")}


def _same_figures(printed: str, shown: str) -> None:
    """Check CSV against what was printed then, numbers to five digits."""
    before, after = (list(csv.reader(io.StringIO(text))) for text in (printed, shown))
    assert len(after) == len(before) > 1
    for old, new in zip(before, after, strict=True):
        for told, tells in zip(old, new, strict=True):
            try:
                assert float(tells) == pytest.approx(float(told), rel=1e-5, abs=1e-6)
            except ValueError:
                assert tells == told
