"""`bench cache`: inspect and clear the cache."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import counted, printable
from .parts.help import Command, Group

cache = typer.Typer(cls=Group, help="Inspect and clear the cache: vectors and detections.", no_args_is_help=True)


@cache.command(cls=Command)
def info() -> None:
    """Show where the cache is and what it contains. FACEBENCH_CACHE moves it elsewhere."""
    from ..embeddings.inventory import cache_info

    print(cache_info())


@cache.command(cls=Command)
def forget(
    photos: Annotated[list[str], typer.Argument(metavar="PATH", help="Photos, folders of photos, or patterns.")],
) -> None:
    """Delete stored vectors and face detections of some photos, such as one person's.

    They are found by the bytes of the photos, whatever their names: forget first, delete the photos afterwards. Runs,
    bundles with vectors, reports and exported vectors are files of yours; docs/privacy.md says what they hold.
    """
    from ..data import find_photos
    from ..embeddings.inventory import forget_photos

    found, _ = find_photos(photos)
    gone = forget_photos(found)
    print(
        f"Forgot {gone.photos:,} of {counted(len(found), 'photo')}: {counted(gone.outcomes, 'stored outcome')} of "
        f"extractors (vectors, or why there is none), {counted(gone.detections, 'face detection')}."
    )


@cache.command(cls=Command)
def purge() -> None:
    """Delete all stored vectors and face detections, and the compiled detector."""
    from ..embeddings.inventory import purge_cache

    print(f"Emptied {printable(purge_cache())}")
