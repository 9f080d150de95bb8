"""Extractors and heads, those of other packages too: whether they load."""

from __future__ import annotations

from collections.abc import Iterator

from ._item import Item


def plugins() -> Iterator[Item]:
    """Tell whether every registered extractor and head loads."""
    from ...classifiers import heads
    from ...embeddings import extractors

    for kind, registry in (("extractors", extractors), ("heads", heads)):
        entries = registry.entries()
        for entry in entries:
            if entry.factory is None:
                ours = entry.origin.startswith("facebench ")
                advice = "Install facebench again" if ours else "Update or uninstall that package"
                name = f"{kind.removesuffix('s')} {entry.name}"
                yield Item("plug-ins", name, "fault", f"{entry.origin}: {entry.reason}", advice, needed=ours)
        loaded = [entry for entry in entries if entry.factory is not None]
        foreign = [f"{entry.name} of {entry.origin}" for entry in loaded if not entry.origin.startswith("facebench ")]
        others = f"; from other packages: {', '.join(foreign)}" if foreign else ""
        yield Item("plug-ins", kind, "ok", f"{len(loaded)} load{others}")
