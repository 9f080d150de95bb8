"""The command `bench`: its subcommands put together, and what happens to bad input."""

import sys

import typer

from .commands import _cache, _curve, _predict, _results, _run, _show, _speed, _train, _verify
from .errors import FacebenchError, printable

app = typer.Typer(
    help="Which image features and which classifier recognise one person best, on your own photos?",
    epilog="Start with: bench run",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
app.command(epilog=_run.EXAMPLES)(_run.run)
app.command(epilog=_curve.EXAMPLES)(_curve.curve)
app.command(epilog=_results.COMPARE_EXAMPLES)(_results.compare)
app.command(name="list")(_results.list_)
app.command(epilog=_show.EXAMPLES)(_show.show)
app.command(epilog=_train.EXAMPLES)(_train.train)
app.command(epilog=_predict.EXAMPLES)(_predict.predict)
app.command(epilog=_speed.EXAMPLES)(_speed.speed)
app.command(epilog=_verify.EXAMPLES)(_verify.verify)
app.add_typer(_cache.cache, name="cache")


def main() -> None:
    """Run the command; bad input ends with one message on standard error and exit code 2."""
    try:
        app()
    except FacebenchError as error:
        lines = (printable(line) for line in str(error).splitlines())
        print("Error: " + "\n".join(lines), file=sys.stderr)
        sys.exit(2)
