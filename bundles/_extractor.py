"""The extractor of a bundle: what its manifest says of it, the file of its network, and whether the same is here."""

from __future__ import annotations

from pathlib import Path

from ..embeddings import Card, Extractor, StagedExtractor, extractors
from ..embeddings.networks import file_sha256
from ..errors import printable
from ..registry import parse_call, with_path
from ._archive import BundleError
from ._manifest import ExtractorPart

#: What of an extractor's card decides its vectors.
_DECISIVE = ("dimension", "network", "weights_sha256", "preprocessing")


def extractor_part(name: str, extractor: Extractor) -> ExtractorPart:
    """Return what a manifest says of an extractor, made by a call string: of a file its name, not its place."""
    if isinstance(file := parse_call(name)[1].get("path"), str):
        name = with_path(name, Path(file).name)
    card = {**extractor.card.facts(), **_restricted(extractor.card)}
    return ExtractorPart(name=name, card=card, architecture=_architecture(extractor))


def named_file(part: ExtractorPart) -> str | None:
    """Return the name of the file that an extractor needs; it is never opened by what a manifest says."""
    name, given = parse_call(part.name)
    return str(given["path"]) if "path" in given and name in extractors else None


def network_file(path: Path, part: ExtractorPart, network: str | Path | None) -> Path | None:
    """Return the file of a network, which has to be the one that a bundle was made with.

    Raises:
        BundleError: it is another one, or the bundle needs none.
    """
    if network is None:
        return None
    file, named = file_path(network), named_file(part)
    if named is None:
        raise BundleError(path, f"needs no file of a network: leave out {printable(file)}")
    if (found := file_sha256(file)) != part.card.get("weights_sha256"):
        raise BundleError(
            path,
            f"needs the network '{printable(named)}' (sha256 {printable(part.card.get('weights_sha256'))}), and "
            f"{printable(file)} is another one (sha256 {found})",
        )
    return file


def file_path(path: str | Path) -> Path:
    """Return the path of a file, "~" expanded.

    Raises:
        BundleError: it begins with "~name" of nobody.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:  # "~name" of nobody
        raise BundleError(Path(path), f"cannot be found: {str(error).rstrip('.')}") from error


def check_extractor(path: Path, part: ExtractorPart, extractor: Extractor, dimension: int) -> None:
    """Refuse an extractor whose vectors, of so many components, are not those that the head was trained on.

    Raises:
        BundleError: what differs.
    """
    card = extractor.card.facts()
    for key in _DECISIVE:
        if part.card.get(key) != card[key]:
            raise BundleError(
                path,
                f"was made with another '{printable(part.name)}': its {key.replace('_', ' ')} is not the one that is "
                "installed. Train it again",
            )
    if part.architecture != _architecture(extractor):
        raise BundleError(path, f"was made with another network of '{printable(part.name)}'. Train it again")
    if dimension != extractor.card.dimension:
        raise BundleError(path, f"is damaged: its head takes {dimension} components, not {card['dimension']}")


def _architecture(extractor: Extractor) -> str:
    return extractor.network.architecture if isinstance(extractor, StagedExtractor) else ""


def _restricted(card: Card) -> dict[str, str]:
    """Return what a card alone says of the licence; of known weights, and in older files, there is nothing."""
    return {"commercial": "no"} if card.commercial == "no" else {}
