"""What a vector depends on besides its photo: extractor, parameters, weights, preprocessing, runtime, version."""

from __future__ import annotations

import json

from ..registry import Registry, parse_call
from ._extractor import Extractor, Identity
from ._staged import StagedExtractor
from ._threaded import ThreadedExtractor
from .built_in import Fusion
from .faces import Hog


def extractor_identity(registry: Registry[Extractor], call: str, extractor: Extractor) -> Identity:
    """Return the identity under which an extractor's vectors are stored; the same settings give the same one.

    Args:
        registry: where the extractor was created.
        call: the call string it was created with.
        extractor: the extractor itself; its attributes give the parameters that the call left out.
    """
    name, given = parse_call(call)
    defaults = registry.parameters(name)
    later = getattr(extractor, "unnamed_at_default", ())
    first = {key: getattr(extractor, key, value) for key, value in defaults.items() if key not in later}
    kept, unnamed = getattr(extractor, "named_as_kept", ()), getattr(extractor, "never_named", ())
    parameters = first | {
        key: value for key, value in given.items() if key not in kept and (key not in later or value != defaults[key])
    }
    parameters = {key: value for key, value in parameters.items() if key not in unnamed}
    title = f"{name}({', '.join(f'{key}={value!r}' for key, value in sorted(parameters.items()))})"
    facts = {
        "origin": registry.entry(name).origin,
        "card": {key: value for key, value in extractor.card.facts().items() if key not in unnamed},
        "architecture": extractor.network.architecture if isinstance(extractor, StagedExtractor) else "",
    }
    detector = extractor.detector if isinstance(extractor, ThreadedExtractor) else None
    if detector and not isinstance(detector, Hog):  # HOG's vectors are older than this fact
        facts["detector"] = [detector.identity.title, detector.identity.facts]
    if isinstance(extractor, Fusion):
        parts = zip(extractor.parts, extractor.extractors, strict=True)
        facts["parts"] = [extractor_identity(registry, part, made).key for part, made in parts]
    return Identity(title, json.dumps(facts, sort_keys=True))
