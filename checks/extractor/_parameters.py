"""Parameters of an extractor: whether a value that changes vectors changes the identity they are stored under."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ...embeddings import Extractor, Outcome, extractors
from ...embeddings.extraction import Embedder
from ...registry import parse_call
from ._finding import BrokenError
from ._outcomes import asked, first_difference
from ._photos import Source


def check_identity(call: str, extractor: Extractor, photos: Mapping[str, Source], batch: Sequence[Outcome]) -> str:
    """Give other values to the parameters that a call leaves out, as `--runtime` does, and compare identities.

    A value that a call names is part of the identity; one that is left out is read from the attribute of its name.
    Vectors are made only where another value has the same identity.

    Returns:
        which parameters were tried.

    Raises:
        BrokenError: vectors of two values have one identity.
    """
    name, given = parse_call(call)
    known = Embedder(call, extractor).identity
    # What an extractor lists there is named in the identity only where a call gives it.
    unnamed = {*given, *getattr(extractor, "unnamed_at_default", ())}
    tried: list[str] = []
    untried: list[str] = []
    for key, default in extractors.parameters(name).items():
        made = [] if key in unnamed else _made(call, key, default)
        (tried if made else untried).append(key)
        for value, other in made:
            if Embedder(call, other).identity != known:
                continue
            if how := first_difference(photos, batch, asked(other.embed, photos.values())):
                raise BrokenError(
                    f"{key}={value!r} gives other vectors than {default!r} under the same identity ({how}); "
                    f"keep it as self.{key}"
                )
    told = {"another identity, or the same vectors, with other values of": tried, "not tried:": untried}
    return "; ".join(f"{what} {', '.join(keys)}" for what, keys in told.items() if keys) or "it has no parameters"


def other_values(default: object, hint: object) -> list[Any]:
    """Return values to try in place of a parameter's default: of a Literal all others, else a flag or numbers nearby.

    >>> other_values("largest", Literal["largest", "center"]), other_values(False, bool), other_values(8, None)
    (['center'], [True], [9, 16])
    """
    if named := _literals(hint):
        values = named
    elif isinstance(default, bool):
        values = [not default]
    elif isinstance(default, int):
        values = [default + 1, 2 * default]
    else:
        values = [default / 2, default + 1] if isinstance(default, float) else []
    return [value for value in values if value != default]


def _made(call: str, key: str, default: object) -> list[tuple[Any, Extractor]]:
    """Return other values of a parameter that the extractor does not refuse, with extractors made with them."""
    factory = extractors.entry(parse_call(call)[0]).factory
    hints: dict[str, Any] = {}
    with suppress(Exception):  # names that are imported for the type checker alone
        hints = get_type_hints(factory.__init__ if inspect.isclass(factory) else factory)
    made = []
    for value in other_values(default, hints.get(key)):
        with suppress(Exception):  # refused
            made.append((value, extractors.create(call, **{key: value})))
    return made


def _literals(hint: object) -> list[Any]:
    """Return the values of every Literal in a type."""
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    return [value for part in get_args(hint) for value in _literals(part)]
