"""The registered extractors, detectors and heads with their cards, layers and parameters."""

from __future__ import annotations

import inspect
from typing import Any

from rich.console import Group as Stack
from rich.table import Column, Table
from rich.text import Text

from ...classifiers import heads
from ...embeddings import Terms, extractors, terms_of
from ...embeddings.faces import detectors
from ...errors import FacebenchError, printable
from ...registry import Entry, parse_call, suggestion
from ...text import terminal_table

#: The frozen layers before the dense ones in the original report's table: dimension of their output, parameters.
MOBILENET_DIMENSION, MOBILENET_PARAMETERS = 1280, 2_257_984


def describe_all() -> Stack:
    """Return the tables of extractors, detectors and heads; for those that fail to load, the reason."""
    return Stack(
        Text("Extractors: photo -> vector", style="bold"),
        _overview(extractors.entries(), ["dimension", "view", "licence", "training_data"]),
        Text("Audits recognise nobody: they show what can be told without looking at a face (bench run --audit)."),
        Text("\nDetectors find the face: face_recognition(detector='yunet')", style="bold"),
        _overview(detectors.entries(), ["landmarks", "licence", "training_data"]),
        Text("\nHeads: vectors -> score", style="bold"),
        _overview(heads.entries(), ["method", "score"]),
        Text("\nbench show NAME tells more; names take parameters: 'svm(C=1)', \"face_recognition(faces='center')\"."),
        Text("Classifiers of scikit-learn are heads by their path: 'sklearn.ensemble.RandomForestClassifier'."),
    )


def describe(call: str) -> Stack:
    """Return the description of one extractor, detector or head, including its layers and parameters.

    Raises:
        FacebenchError: unknown name or parameter.
    """
    name, given = parse_call(call)
    registry = next((registry for registry in (extractors, detectors, heads) if name in registry), None)
    if registry is None:
        known = [*extractors.names(), *detectors.names(), *heads.names()]
        raise FacebenchError(f"No extractor, detector or head is named '{name}'. {suggestion(name, known)}")
    entry = registry.entry(name)
    try:
        component = registry.create(call)
    except FacebenchError as error:
        if given or not isinstance(error.__cause__, TypeError | ValueError):
            raise
        needs = Text(f"\nIts name alone is not enough: {printable(error.__cause__)}.", style="yellow")
        return Stack(_card(entry, None), _parameters(entry, None, given), needs)
    parts: list[Any] = [_card(entry, component), _parameters(entry, component, given)]
    if hasattr(component, "architecture"):
        parts.append(_layers(component.architecture(MOBILENET_DIMENSION)))
    return Stack(*parts)


def _overview(entries: list[Entry], fields: list[str]) -> Stack:
    """Return a table of those that load, with origins if one is not facebench's own, and why the others do not."""
    loaded = [entry for entry in entries if entry.factory is not None]
    if any(not entry.origin.startswith("facebench ") for entry in loaded):
        fields = [*fields, "from"]
    titles = [field.replace("_", " ") for field in fields]
    columns = [Column("name", no_wrap=True), *(Column(title, overflow="fold") for title in titles)]
    facts = [(entry.name, _facts(entry) | {"from": entry.origin}) for entry in loaded]
    rows = [[name, *(known.get(field, "") for field in fields)] for name, known in facts]
    missing = [
        Text(f"{entry.name} ({entry.origin}), unavailable: {printable(entry.reason)}", style="yellow")
        for entry in entries
        if entry.factory is None
    ]
    return Stack(terminal_table(columns, rows), *missing)


def _card(entry: Entry, component: Any) -> Table:
    facts = {**_facts(entry, component), "from": entry.origin}
    rows = [(Text(key.replace("_", " "), style="bold"), value) for key, value in facts.items()]
    return terminal_table([Column(), Column()], rows)


def _facts(entry: Entry, component: Any = None) -> dict[str, str]:
    """Return the description of a component: its card, or the class's, or the first line of its docstring."""
    if card := getattr(component or entry.factory, "card", None):
        facts = {key: "yes" if value is True else str(value) for key, value in vars(card).items() if value}
        terms = terms_of(vars(card)) if "commercial" in facts else None
        if terms and terms.commercial != "yes":
            facts["licence"] = f"{facts.get('licence', '')}; commercial use: {terms.commercial}".strip("; ")
        return {key: value for key, value in facts.items() if key != "commercial"} | _known(terms)
    return {"method": (inspect.getdoc(entry.factory) or "").partition("\n")[0]}


def _known(terms: Terms | None) -> dict[str, str]:
    return {"commercial use": f"{terms.commercial}: {terms.why}"} if terms else {}


def _parameters(entry: Entry, component: Any, given: dict[str, Any]) -> Text:
    parameters = inspect.signature(entry.factory).parameters if entry.factory else {}
    defaults = {
        name: getattr(component, name, None) if p.default is None else p.default for name, p in parameters.items()
    }
    values = ", ".join(f"{name}={given.get(name, default)!r}" for name, default in defaults.items())
    return Text(f"\nparameters: {printable(values) or 'none'}")


def _layers(architecture: Any) -> Stack:
    """Return the layers on MobileNetV2's vectors, as in the original report's table."""
    columns = [Column("layer"), Column("output shape"), Column("trainable parameters", justify="right")]
    rows = [
        ("MobileNetV2 (frozen)", "(None, 7, 7, 1280)", "0"),
        ("GlobalAveragePooling2D", "(None, 1280)", "0"),
        *((kind, f"(None, {units})", f"{trainable:,}") for kind, units, trainable in architecture.layers()),
    ]
    trainable = sum(row[2] for row in architecture.layers())
    total = MOBILENET_PARAMETERS + trainable
    return Stack(
        Text("\nlayers on mobilenet's vectors:"),
        terminal_table(columns, rows),
        Text(f"total {total:,}; trainable {trainable:,}; frozen {MOBILENET_PARAMETERS:,}"),
    )
