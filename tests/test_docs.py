"""The documents agree with the code: tables of keys, links, names of what there is."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from facebench.classifiers import KINDS, heads
from facebench.embeddings import extractors

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def schema() -> ModuleType:
    spec = importlib.util.spec_from_file_location("schema", ROOT / "docs" / "schema.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["bundle.md", "result.md"])
def test_the_tables_of_keys_are_those_of_the_models(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page == schema().page(name), "run: uv run python docs/schema.py"
    assert "| None |" not in page  # every key is explained


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target


def test_the_guide_names_every_extractor_and_head() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "guide.md").read_text(encoding="utf-8"), re.MULTILINE))
    built_in = {e.name for r in (extractors, heads) for e in r.entries() if e.origin.startswith("facebench ")}
    assert rows == built_in


def test_the_page_on_bundles_tells_how_each_kind_scores() -> None:
    page = (ROOT / "docs" / "bundle.md").read_text(encoding="utf-8")
    table = page.split("| kind | score |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(KINDS)
