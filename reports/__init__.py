"""Stored runs as a page for people: one HTML file with tables, charts and a gallery, that needs no network.

>>> from facebench.reports import write_report
>>> write_report.__name__
'write_report'
"""

from ._report import Report, write_report

__all__ = ["Report", "write_report"]
