"""Writes the tables of keys in result.md and bundle.md from the models that define them.

uv run python docs/schema.py
"""

import types
import typing
from pathlib import Path

from facebench.benchmarks.results import (
    CurveResult,
    PhotoProperties,
    Prediction,
    RobustnessResult,
    RunPhoto,
    RunResult,
)
from facebench.bundles import Manifest
from pydantic import BaseModel

#: Everything below this line of a page is written by this script.
MARK = "<!-- Below this line: written by docs/schema.py -->"
PAGES: dict[str, dict[str, type[BaseModel]]] = {
    "result.md": {
        "result.json": RunResult,
        "predictions.csv": Prediction,
        "photos.csv": RunPhoto,
        "properties.csv": PhotoProperties,
        "curve.json": CurveResult,
        "robust.json": RobustnessResult,
    },
    "bundle.md": {"manifest.json": Manifest},
}
_WORDS = {str: "text", int: "integer", float: "number", bool: "true or false", type(None): "nothing", typing.Any: "any"}


def page(name: str) -> str:
    """Return a page with up-to-date tables."""
    prose, _, _ = (Path(__file__).parent / name).read_text(encoding="utf-8").partition(MARK)
    known: list[type[BaseModel]] = []
    tables = []
    for file, model in PAGES[name].items():
        tables += [f"## {file}\n", *(_table(part) for part in _models(model, known))]
    return f"{prose}{MARK}\n\n" + "\n".join(tables)


def _models(kind: typing.Any, known: list[type[BaseModel]]) -> list[type[BaseModel]]:
    """Return the models that occur in a type and are not yet known, itself first."""
    found = []
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in known:
        known.append(kind)
        found = [kind, *(model for field in kind.model_fields.values() for model in _models(field.annotation, known))]
    for part in typing.get_args(kind):
        found += _models(part, known)
    return found


def _table(model: type[BaseModel]) -> str:
    rows = [
        f"| `{key}` | {_word(field.annotation)} | {field.description} |" for key, field in model.model_fields.items()
    ]
    head = [f"### {model.__name__}", "", str(model.__doc__).splitlines()[0], "", "| key | holds | meaning |"]
    return "\n".join([*head, "| --- | --- | --- |", *rows, ""])


def _word(kind: typing.Any) -> str:
    """Return a type in words."""
    parts, origin = typing.get_args(kind), typing.get_origin(kind)
    if origin is typing.Annotated:
        return _word(parts[0])
    if origin is typing.Literal:
        return " or ".join(f"`{part}`" for part in parts)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(map(_word, parts))
    if origin in (list, dict):
        return f"list of {_word(parts[0])}" if origin is list else f"{_word(parts[1])}, by name"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    return _WORDS.get(kind, "object")


if __name__ == "__main__":
    for name in PAGES:
        (Path(__file__).parent / name).write_text(page(name), encoding="utf-8")
