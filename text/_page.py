"""What a page in one file may do in a browser."""

from __future__ import annotations

import base64
import hashlib


def page_policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy of a page: a browser applies these two, shows what is in it, fetches nothing.

    >>> page_policy("", "").partition(";")[0]
    "default-src 'none'"
    """
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
