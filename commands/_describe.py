"""The registered extractors and heads with their cards, layers and parameters."""

from __future__ import annotations

import inspect
from typing import Any

from rich.console import Group as Stack
from rich.table import Table
from rich.text import Text

from ..classifiers import heads
from ..embeddings import extractors
from ..errors import FacebenchError, printable
from ..registry import Entry, parse_call, suggestion

#: The frozen layers before the dense ones in the original report's table: dimension of their output, parameters.
MOBILENET_DIMENSION, MOBILENET_PARAMETERS = 1280, 2_257_984


def describe_all() -> Stack:
    """Return the tables of extractors and heads; for those that fail to load, the reason."""
    return Stack(
        Text("Extractors: photo -> vector", style="bold"),
        _overview(extractors.entries(), ["dimension", "view", "training_data", "licence"]),
        Text("Audits recognise nobody: they show what can be told without looking at a face (bench run --audit)."),
        Text("\nHeads: vectors -> score", style="bold"),
        _overview(heads.entries(), ["method", "score"]),
        Text("\nbench show NAME tells more; names take parameters: 'svm(C=1)', \"face_recognition(faces='center')\"."),
        Text("Classifiers of scikit-learn are heads by their path: 'sklearn.ensemble.RandomForestClassifier'."),
    )


def describe(call: str) -> Stack:
    """Return the description of one extractor or head, including its layers and parameters.

    Raises:
        FacebenchError: unknown name or parameter.
    """
    name, given = parse_call(call)
    registry = next((registry for registry in (extractors, heads) if name in registry), None)
    if registry is None:
        known = [*extractors.names(), *heads.names()]
        raise FacebenchError(f"No extractor or head is named '{name}'. {suggestion(name, known)}")
    component = registry.create(call)
    entry = registry.entry(name)
    parts: list[Any] = [_card(entry), _parameters(entry, given)]
    if hasattr(component, "architecture"):
        parts.append(_layers(component.architecture(MOBILENET_DIMENSION)))
    return Stack(*parts)


def _overview(entries: list[Entry], fields: list[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("name", no_wrap=True)
    for title in (*fields, "from"):
        table.add_column(title.replace("_", " "), overflow="fold")
    for entry in entries:
        if entry.factory is None:
            cells = [f"unavailable: {entry.reason}", *[""] * (len(fields) - 1)]
        else:
            facts = _facts(entry)
            cells = [facts.get(field, "") for field in fields]
        table.add_row(*(Text(printable(cell)) for cell in (entry.name, *cells, entry.origin)))
    return table


def _card(entry: Entry) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for key, value in {**_facts(entry), "from": entry.origin}.items():
        table.add_row(Text(key.replace("_", " "), style="bold"), Text(printable(value)))
    return table


def _facts(entry: Entry) -> dict[str, str]:
    """Return the description of a component: its card, or the first line of its docstring."""
    if card := getattr(entry.factory, "card", None):
        return {key: str(value) for key, value in vars(card).items() if value}
    return {"method": (inspect.getdoc(entry.factory) or "").partition("\n")[0]}


def _parameters(entry: Entry, given: dict[str, Any]) -> Text:
    parameters = inspect.signature(entry.factory).parameters if entry.factory else {}
    values = ", ".join(f"{name}={given.get(name, p.default)!r}" for name, p in parameters.items())
    return Text(f"\nparameters: {printable(values) or 'none'}")


def _layers(architecture: Any) -> Stack:
    """Return the layers on MobileNetV2's vectors, as in the original report's table."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("layer")
    table.add_column("output shape")
    table.add_column("trainable parameters", justify="right")
    table.add_row("MobileNetV2 (frozen)", "(None, 7, 7, 1280)", "0")
    table.add_row("GlobalAveragePooling2D", "(None, 1280)", "0")
    for kind, units, trainable in architecture.layers():
        table.add_row(kind, f"(None, {units})", f"{trainable:,}")
    trainable = sum(row[2] for row in architecture.layers())
    total = MOBILENET_PARAMETERS + trainable
    return Stack(
        Text("\nlayers on mobilenet's vectors:"),
        table,
        Text(f"total {total:,}; trainable {trainable:,}; frozen {MOBILENET_PARAMETERS:,}"),
    )
