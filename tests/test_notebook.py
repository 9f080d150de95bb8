"""docs/notebook.ipynb: what is committed shows no face and names nothing of a machine, says what it shows, and runs."""

import base64
import importlib.util
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
from PIL import Image

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    notebook = nbformat.read(DOCS / "notebook.ipynb", as_version=4)
    nbformat.validate(notebook)
    return notebook


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notebook", DOCS / "notebook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def outputs_of(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, Any]]:
    """Yield the kind of each output and what it holds."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield from output.get("data", {output.output_type: output.get("text", "")}).items()


def test_every_cell_was_executed_and_shows_what_it_ends_in(notebook: nbformat.NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert {kind for kind, _ in outputs_of(notebook)} == {"text/html", "image/png"}
    assert [bool(cell.outputs) for cell in code] == [False] + [True] * (len(code) - 1)


def test_all_pictures_are_plots(notebook: nbformat.NotebookNode) -> None:
    pictures = [base64.b64decode(content) for kind, content in outputs_of(notebook) if kind == "image/png"]
    assert len(pictures) >= 3
    for picture in pictures:
        assert Image.open(io.BytesIO(picture)).info["Software"].startswith("Matplotlib")


def test_it_names_no_file_no_folder_and_no_installer(notebook: nbformat.NotebookNode) -> None:
    texts = [cell.source for cell in notebook.cells] + [text for kind, text in outputs_of(notebook) if "text" in kind]
    of_a_machine = r"/(home|root|tmp|usr|users|work)/|[A-Z]:\\|\.pgm|site-packages|\b(pip|uv|conda) "
    named = re.compile(of_a_machine, re.IGNORECASE)
    assert [text for text in texts if named.search(text)] == []
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata["kernelspec"]["name"] == "python3"


def test_the_figures_in_the_text_are_those_of_the_tables(notebook: nbformat.NotebookNode) -> None:
    shown = " ".join(text for kind, text in outputs_of(notebook) if kind == "text/html")
    prose = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    figures = set(re.findall(r"\d+\.\d+", prose))
    assert figures >= {"67.5", "97.5", "0.875"}
    assert {figure for figure in figures if figure not in shown} == set()


@pytest.mark.slow
def test_it_runs(
    notebook: nbformat.NotebookNode, script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", "")  # which the script sets, so that it is as before afterwards
    committed = [kind for kind, _ in outputs_of(notebook)]
    started = time.perf_counter()
    done = script.executed(nbformat.from_dict(notebook), tmp_path)
    print(f"{time.perf_counter() - started:.0f} s")
    assert [kind for kind, _ in outputs_of(done)] == committed
    test_the_figures_in_the_text_are_those_of_the_tables(done)
