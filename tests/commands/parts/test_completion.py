"""What the shell completes, as bash asks for it; the version; and a shell that completion is not written for."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
import shellingham
from facebench.benchmarks import COLUMNS

Bench = Callable[..., tuple[int, str, str]]


@pytest.fixture
def completed(command: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Return a function from a line that is begun to what its last word may become, in a folder with two runs."""
    monkeypatch.chdir(tmp_path)
    for name in ("0001-faces", "0002-album"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "result.json").write_text("{}")
    (tmp_path / "runs" / "0003-faces-curve").mkdir()

    def completed(line: str) -> list[str]:
        monkeypatch.setenv("_BENCH_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
        code, shown, messages = command()
        assert (code, messages) == (0, "")
        return shown.split()

    return completed


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("bench re", ["report"]),
        ("bench cache p", ["purge"]),
        ("bench run --lay", ["--layout"]),
        ("bench run --layout p", ["people"]),
        ("bench run --extractor mo", ["mobilenet"]),
        ("bench curve --head l", ["lda", "logreg"]),
        ("bench run --preset ", ["improved", "report"]),
        ("bench compare --sort ac", ["accuracy"]),
        ("bench compare --columns auc,fi", ["auc,fit"]),
        ("bench robust last --kinds blur,tu", ["blur,turn"]),
        ("bench report 00", ["0002-album", "0001-faces"]),
        ("bench train --from la", ["last"]),
        ("bench show yu", ["yunet"]),
        ("bench show 0001", ["0001-faces"]),
        ("bench compare --runs nowhere ", []),
        ("bench run --me ", []),  # the shell's own: files
    ],
)
def test_names_are_completed(line: str, words: list[str], completed: Callable[[str], list[str]]) -> None:
    assert completed(line) == words


def test_every_column_is_offered(completed: Callable[[str], list[str]]) -> None:
    assert completed("bench run --sort ") == list(COLUMNS)


def test_completing_names_imports_nothing_heavy() -> None:
    code = (
        "import sys; from facebench.commands.parts import completion as c; c.extractor_names(); c.head_names(); "
        "print([name for name in ('numpy', 'PIL', 'pydantic', 'sklearn') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("option", ["--install-completion", "--show-completion"])
@pytest.mark.parametrize("found", ["dash", None])
def test_another_shell_is_refused(
    option: str, found: str | None, command: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def detect() -> tuple[str, str]:
        if found is None:
            raise shellingham.ShellDetectionFailure
        return found, f"/bin/{found}"

    monkeypatch.setattr(shellingham, "detect_shell", detect)
    monkeypatch.setenv("HOME", str(tmp_path))
    code, shown, message = command(option)
    assert (code, shown) == (2, "")
    assert message.startswith(f"Error: {option} is for the shell from which bench is started, and that is ")
    assert message.endswith("start it from bash, zsh, fish, powershell or pwsh.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_completion_is_shown_and_installed(command: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shellingham, "detect_shell", lambda: ("bash", "/bin/bash"))
    monkeypatch.setenv("HOME", str(tmp_path))
    code, shown, messages = command("--show-completion")
    assert (code, messages) == (0, "")
    assert shown.endswith("complete -o default -F _bench_completion bench\n")
    assert command("--install-completion")[0] == 0
    assert (tmp_path / ".bash_completions" / "bench.sh").read_text() == shown.rstrip("\n")


def test_the_version_is_that_of_the_package(command: Bench) -> None:
    assert command("--version") == (0, f"facebench {version('facebench')}\n", "")
