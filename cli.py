"""The command `bench`: its subcommands, and the handling of bad input."""

import io
import os
import sys
import threading
from importlib.metadata import version
from typing import Annotated

import typer

from .commands import (
    _cache,
    _check,
    _check_extractor,
    _curve,
    _doctor,
    _embed,
    _find,
    _predict,
    _report,
    _results,
    _robust,
    _run,
    _show,
    _speed,
    _train,
    _verify,
)
from .commands.parts.completion import check_shell
from .commands.parts.errors import BAD_INPUT, show_error
from .commands.parts.help import Command, Group
from .errors import FIT, FacebenchError

app = typer.Typer(
    cls=Group,
    help="Which image features and which classifier recognise one person best, on your own photos?",
    epilog="Start with: bench run",
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)

COMPARE, USE, LOOK_AFTER = "Compare", "Use the winner", "Look after it"
app.command(cls=Command, epilog=_run.EXAMPLES, rich_help_panel=COMPARE)(_run.run)
app.command(cls=Command, epilog=_results.COMPARE_EXAMPLES, rich_help_panel=COMPARE)(_results.compare)
app.command(cls=Command, epilog=_report.EXAMPLES, rich_help_panel=COMPARE)(_report.report)
app.command(cls=Command, epilog=_show.EXAMPLES, rich_help_panel=COMPARE)(_show.show)
app.command(cls=Command, epilog=_curve.EXAMPLES, rich_help_panel=COMPARE)(_curve.curve)
app.command(cls=Command, epilog=_robust.EXAMPLES, rich_help_panel=COMPARE)(_robust.robust)
app.command(cls=Command, epilog=_verify.EXAMPLES, rich_help_panel=COMPARE)(_verify.verify)
app.command(cls=Command, name="list", rich_help_panel=COMPARE)(_results.list_)
app.command(cls=Command, epilog=_find.EXAMPLES, rich_help_panel=USE)(_find.find)
app.command(cls=Command, epilog=_train.EXAMPLES, rich_help_panel=USE)(_train.train)
app.command(cls=Command, epilog=_predict.EXAMPLES, rich_help_panel=USE)(_predict.predict)
app.command(cls=Command, epilog=_embed.EXAMPLES, rich_help_panel=USE)(_embed.embed)
app.command(cls=Command, epilog=_check.EXAMPLES, rich_help_panel=LOOK_AFTER)(_check.check)
app.command(cls=Command, name="check-extractor", epilog=_check_extractor.EXAMPLES, rich_help_panel=LOOK_AFTER)(
    _check_extractor.check_extractor
)
app.command(cls=Command, epilog=_doctor.EXAMPLES, rich_help_panel=LOOK_AFTER)(_doctor.doctor)
app.command(cls=Command, epilog=_speed.EXAMPLES, rich_help_panel=LOOK_AFTER)(_speed.speed)
app.add_typer(_cache.cache, name="cache", rich_help_panel=LOOK_AFTER)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"facebench {version('facebench')}")
        raise typer.Exit


@app.callback()
def bench(
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that need no command."""


def main() -> None:
    """Run the command; bad input ends with one message on standard error and exit code 2."""
    _spell_out_what_has_no_letter()
    os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")  # photos are worked on in threads already
    try:
        check_shell(sys.argv[1:])
        code = app(prog_name="bench", standalone_mode=False) or 0
    except (FacebenchError, typer.TyperException) as error:
        show_error(error)
        code = BAD_INPUT
    _leave_fits_behind(code)
    sys.exit(code)


def _leave_fits_behind(code: object) -> None:
    """End the process at once where heads are still being fitted after Ctrl-C: Python itself would wait for them."""
    if isinstance(code, int) and any(thread.name.startswith(FIT) for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _spell_out_what_has_no_letter() -> None:
    """Let names print where the terminal's or the pipe's encoding lacks their letters: as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
