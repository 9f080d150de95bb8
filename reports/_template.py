"""The page from its template: everything that came from outside is escaped, nothing runs but our own script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from urllib.parse import quote

from markupsafe import Markup, escape

from ..errors import printable
from ..text import page_policy
from ._page import Comparison

#: What stays on one line; short, or it would be wider than a phone.
_WHOLE = re.compile(r"\([^()]{0,20}\d(?:-| to [+-]?)\d[^()]{0,20}\)(?: %)?|[\d.]{1,9} %")
#: Where a long name may go on in the next line.
_SIGN = re.compile(r"[/\\_]+(?=[^/\\_])")
#: How a report is known again, near its beginning: a version follows; other pages of facebench say what they are there.
MARK = re.compile(rb'<meta name="generator" content="facebench \d')


def render_page(title: str, comparisons: Sequence[Comparison], why_apart: str, made: str, csv: str) -> str:
    """Return the page.

    Args:
        title: of the page.
        comparisons: a section each.
        why_apart: why they are not one; "" for one.
        made: when, for the footer.
        csv: all tables, to be saved from the page.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(figure=figure, name=breakable, unbroken=unbroken)
    style, script = _source("report.css"), _source("report.js")
    return environment.get_template("report.html.j2").render(
        title=title,
        comparisons=comparisons,
        why_apart=why_apart,
        made=made,
        csv=f"data:text/csv;charset=utf-8,{quote(csv)}",
        version=version("facebench"),
        style=Markup(style),  # noqa: S704 (our own files)
        script=Markup(script),  # noqa: S704
        policy=page_policy(style, script),
    )


def figure(value: float) -> str:
    """Return a number with three digits that count.

    >>> figure(0.5), figure(13.0), figure(100)
    ('0.500', '13.0', '100')
    """
    return f"{value:#.3g}".rstrip(".")


def unbroken(text: str) -> Markup:
    """Return text in which no line ends within an interval, or before a sign of per cent.

    >>> unbroken("99.0 (95.2-99.9) % <b>")
    Markup('99.0 <span class="whole">(95.2-99.9) %</span> &lt;b&gt;')
    """
    return Markup(_WHOLE.sub(r'<span class="whole">\g<0></span>', _escaped(text)))  # noqa: S704 (escaped)


def breakable(name: str) -> Markup:
    """Return the name of a file or a pairing, whose lines rather end after a sign than within a word.

    >>> breakable("s1/<1>.pgm")
    Markup('s1/<wbr>&lt;1&gt;.pgm')
    """
    return Markup(_SIGN.sub(r"\g<0><wbr>", _escaped(name)))  # noqa: S704 (escaped)


def _escaped(text: str) -> str:
    return str(escape(printable(text)))


def _shown(value: object) -> object:
    """Return what stands in the page for a value: control characters are spelled out, as everywhere."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
