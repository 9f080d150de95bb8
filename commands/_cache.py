"""`bench cache`: inspect and clear the cache."""

from __future__ import annotations

import typer

from ..errors import printable

cache = typer.Typer(help="Inspect and clear the cache: vectors, detections, converted networks.", no_args_is_help=True)


@cache.command()
def info() -> None:
    """Show where the cache is and what it contains. FACEBENCH_CACHE moves it elsewhere."""
    from ..embeddings.inventory import cache_info

    print(cache_info())


@cache.command()
def purge() -> None:
    """Delete all stored vectors, face detections and converted networks."""
    from ..embeddings.inventory import purge_cache

    print(f"Emptied {printable(purge_cache())}")
