"""`bench check-extractor`: every extractor of facebench keeps the contract; each planted fault is told by its rule."""

import csv
import importlib.util
import io
import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from facebench.checks import assert_extractor, check_extractor, extractor
from facebench.checks.extractor import RULES, Finding, _check, _process
from facebench.checks.extractor._network import foreign
from facebench.checks.extractor._parameters import other_values
from facebench.embeddings import extractors
from facebench.errors import FacebenchError

HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs"
BEFORE_ALL = set(RULES) - {"extractor", "network"}


def install(folder: Path, source: Path, module: str, points: dict[str, str]) -> None:
    """Install a module as a plug-in's package would be, with its extractors."""
    information = folder / f"{module}-1.0.dist-info"
    information.mkdir(parents=True)
    shutil.copy(source, folder / f"{module}.py")
    lines = ["[facebench.extractors]", *(f"{name} = {module}:{factory}" for name, factory in points.items())]
    (information / "entry_points.txt").write_text("\n".join(lines))
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("planted")
    source = HERE / "planted.py"
    classes = [line.split("(")[0].split(":")[0][6:] for line in source.read_text().splitlines() if line[:6] == "class "]
    install(folder, source, "facebench_planted", {name.lower(): name for name in classes})
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield


#: Planted extractors that take hold of their process: what they do is seen in one of its own.
IN_PROCESSES = {"noisy", "local", "salted", "asking", "ending"}


@cache
def findings_of(call: str) -> list[Finding]:
    """Return what is found, looked for once: each check begins two processes, or does the same in this one."""
    with pytest.MonkeyPatch.context() as patch:
        if call not in IN_PROCESSES:
            patch.setattr(_process, "refuse_network", list)  # which would hold to the end of the tests
            patch.setattr(_check, "_answer", _process._answer)
        return check_extractor(call)


def faults(call: str) -> dict[str, str]:
    """Return the faults that were found, by rule."""
    return {finding.rule: finding.detail for finding in findings_of(call) if finding.state == "fault"}


@pytest.mark.parametrize("name", [*sorted({*extractors.names()} - {"onnx", "fusion"}), "thumbnail"])
def test_every_extractor_keeps_the_contract(name: str, plugin: Path) -> None:
    findings = check_extractor(name)
    assert {finding.rule: finding.detail for finding in findings if finding.state != "ok"} == {}
    assert [finding.rule for finding in findings] == list(RULES)


@pytest.mark.parametrize("name", ["noisy", "harmless", "local"])
def test_what_keeps_the_contract_in_an_odd_way_keeps_it(name: str, planted: None) -> None:
    assert faults(name) == {}


@pytest.mark.parametrize(
    ("name", "rules", "detail"),
    [
        ("batch", "alone", "face 1: components differ by up to 0."),
        ("order", "alone, order", "face "),
        ("stream", "stream", "gave 7 outcomes for 8 photos"),
        ("salted", "process", "face 1: components differ by up to "),
        ("double", "vectors", "face 1: float64, not float32"),
        ("short", "vectors", "face 1: of shape (47,); the card says 48 components"),
        ("infinite", "vectors", "face 1: with values that are not finite"),
        ("raising", "bad photos", "truncated file: raised PhotoError: truncated: "),
        ("lenient", "bad photos", "truncated file: gave a vector in place of a Failure"),
        ("stacking", "bad photos", "only bad photos: raised ValueError: need at least one array"),
        ("harming", "bad photos", "truncated file: harms its neighbour, face 2: a vector, and spoilt"),
        ("blind", "identity", "gain=2 gives other vectors than 1 under the same identity"),
        ("asking", "network", "asked for weights.example, 192.0.2.1; that was refused"),
    ],
)
def test_a_planted_fault_is_told_by_its_rule(name: str, rules: str, detail: str, planted: None) -> None:
    found = faults(name)
    assert set(found) == set(rules.split(", "))
    assert all(told.startswith(detail) for told in found.values())


@pytest.mark.parametrize(
    ("name", "rule", "detail"),
    [
        ("ending", "extractor", "its process ended with code 3: illegal instruction"),
        ("failing", "extractor", "its constructor raised RuntimeError: no weights (facebench_planted.py:"),
        ("renamed", "extractor", "the card is named 'other', and registered is 'renamed'"),
        ("foreign", "extractor", "Foreign is no subclass of facebench.embeddings.Extractor"),
        ("faceless", "outcomes", "fewer than two photos have a vector (8 no_face)"),
        ("bare", "outcomes", "gave a ndarray, neither an Embedding nor a Failure"),
    ],
)
def test_where_nothing_can_be_compared_the_rest_is_not_checked(
    name: str, rule: str, detail: str, planted: None
) -> None:
    states = {finding.rule: finding.state for finding in findings_of(name)}
    assert faults(name)[rule].startswith(detail)
    assert all(states[other] == "not checked" for other in BEFORE_ALL - {rule})


def test_parameters_that_cannot_be_tried_are_named(planted: None) -> None:
    [finding] = (finding for finding in findings_of("harmless") if finding.rule == "identity")
    assert finding.detail.endswith("with other values of gain, threads, verbose; not tried: device")


def test_in_a_test_the_faults_are_an_assertion_error(planted: None) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_extractor("double")
    [line] = str(caught.value).splitlines()[1:]
    assert line == "- vectors (float32, of the card's dimension, finite): face 1: float64, not float32"
    assert_extractor("noisy")


def test_the_template_keeps_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, DOCS / "template_extractor.py", "my_extractor", {"my_extractor": "MyExtractor"})
    monkeypatch.syspath_prepend(tmp_path)
    spec = importlib.util.spec_from_file_location("my_extractor", tmp_path / "my_extractor.py")
    template = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(template)
    template.test_it_keeps_the_contract()
    assert faults("my_extractor(side=32)") == {}


# bench check-extractor


@pytest.mark.parametrize(("name", "code"), [("noisy", 0), ("double", 1)])
def test_every_format_tells_the_findings(
    name: str, code: int, planted: None, command: Callable[..., tuple], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractor, "check_extractor", findings_of)
    shown = {}
    for style in ("table", "md", "csv", "json"):
        ended, shown[style], messages = command("check-extractor", name, "--format", style)
        assert (ended, messages) == (code, "")
    told = json.loads(shown["json"])
    assert (told["extractor"], told["kept"]) == (name, code == 0)
    rows = list(csv.DictReader(io.StringIO(shown["csv"])))
    assert [row["rule"] for row in rows] == [finding["rule"] for finding in told["findings"]] == list(RULES)
    summary = f"{name} breaks 1 rule: vectors." if code else f"{name} keeps the contract of extractors."
    assert shown["md"].splitlines()[-1] == shown["table"].splitlines()[-1].strip() == summary


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("colur", "No extractor is named 'colur'. Did you mean 'colour'?"),
        ("mobilenet(veiw='face')", "takes no parameter 'veiw'. Did you mean 'view'?"),
        ("mobilenet(view='back')", "cannot be made: view is one of photo, face"),
        ("mobilenet(", "is not a name or a call"),
    ],
)
def test_bad_input_is_refused(call: str, says: str, refused: Callable[..., str], tmp_path: Path) -> None:
    assert says in refused("check-extractor", call, cwd=tmp_path)
    with pytest.raises(FacebenchError):
        check_extractor(call)


def test_help_has_examples_and_exit_codes(command: Callable[..., tuple]) -> None:
    shown = " ".join(command("check-extractor", "--help")[1].split())
    assert "bench check-extractor my_extractor" in shown
    assert "Exit code 0" in shown


# Its parts


@pytest.mark.parametrize(
    "address", [None, "", "localhost", "127.0.0.1", ("::1", 80, 0, 0), ("0.0.0.0", 1), "/run/it", b"\0it", (0, 0), ()]
)
def test_this_machine_is_not_foreign(address: object) -> None:
    assert foreign(address) == ""


@pytest.mark.parametrize(
    "address", ["host.example", b"host.example", ("host.example", 443), ("host.example", 443, 0, 0)]
)
def test_another_machine_is_foreign(address: object) -> None:
    assert foreign(address) == "host.example"


@pytest.mark.parametrize(
    ("default", "others"), [(0, [1]), (0.5, [0.25, 1.5]), (True, [False]), ("cpu", []), (None, [])]
)
def test_numbers_and_flags_have_other_values(default: object, others: list[object]) -> None:
    assert other_values(default, None) == others
