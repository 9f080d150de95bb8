"""Executes notebook.ipynb in an empty folder, with an empty store, and saves what it shows.

uv run python docs/notebook.py
"""

import os
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent / "notebook.ipynb"


def executed(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Return a notebook with the outputs of its cells, executed in a folder; a cell that fails raises."""
    os.environ["FACEBENCH_CACHE"] = str(folder / "cache")  # which the kernel inherits
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", record_timing=False, resources={"metadata": {"path": str(folder)}}
    )
    done: nbformat.NotebookNode = client.execute()
    done.metadata = {"kernelspec": done.metadata["kernelspec"], "language_info": {"name": "python"}}
    for cell in done.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            for output in cell.outputs:
                if {"text/html", "image/png"} & set(output.get("data", ())):
                    del output.data["text/plain"]  # the same in brief
    return done


if __name__ == "__main__":
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        done = executed(nbformat.read(NOTEBOOK, as_version=4), Path(temporary))
    nbformat.write(done, NOTEBOOK)
    print(f"{NOTEBOOK}: {time.perf_counter() - started:.0f} s")
