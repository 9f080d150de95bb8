"""Text for terminals, pipes and files: Markdown, CSV that is safe in spreadsheets, and progress."""

from ._csv import csv_text, plain_text, spreadsheet_safe
from ._markdown import escaped, markdown_table
from ._progress import Bar, progress_bar, waiting

__all__ = [
    "Bar",
    "csv_text",
    "escaped",
    "markdown_table",
    "plain_text",
    "progress_bar",
    "spreadsheet_safe",
    "waiting",
]
