"""`bench cache`: what is kept between runs."""

from __future__ import annotations

import typer

from ..errors import printable

cache = typer.Typer(help="Vectors and converted networks that are kept between runs.", no_args_is_help=True)


@cache.command()
def info() -> None:
    """Show where the cache is and what it holds. FACEBENCH_CACHE puts it elsewhere."""
    from ..embeddings.inventory import cache_info

    print(cache_info())


@cache.command()
def purge() -> None:
    """Delete all stored vectors and converted networks."""
    from ..embeddings.inventory import purge_cache

    print(f"Emptied {printable(purge_cache())}")
