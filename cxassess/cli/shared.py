"""What all commands share: options, and problems in words.

Exit codes: 0 all went well; 1 a report failed, or the run could not go on; 2 the input or the call cannot be used as
it is; 130 and 143 stopped by Ctrl-C and by the system.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cxassess.errors import CxassessError, Problem
from cxassess.language import LANGUAGES

MOST_SHOWN = 40
BAD_INPUT = 2


def show_problems(problems: tuple[Problem, ...] | list[Problem]) -> None:
    """Print problems to standard error, the first forty in full, and how many there are."""
    for problem in problems[:MOST_SHOWN]:
        click.echo(str(problem), err=True)
    if len(problems) > MOST_SHOWN:
        click.echo(f"… and {len(problems) - MOST_SHOWN:,} more", err=True)
    click.echo(f"{len(problems):,} problem{'s' if len(problems) != 1 else ''}", err=True)


def explain_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn the library's errors, and the file system's, into messages and exit code 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except CxassessError as error:
            show_problems(error.problems)
        except OSError as error:
            where = str(error.filename or "file system")
            show_problems(
                [Problem(where, error.strerror or str(error), "check the path, its rights and the free space")]
            )
        sys.exit(BAD_INPUT)

    return run


instrument_option = click.option(
    "--instrument", default="eight_elements", show_default=True, help="A shipped instrument, or the path of one."
)
asked_option = click.option(
    "--instrument",
    default="",
    help="What was answered: a shipped instrument, or the path of one.  [default: an engagement's own; eight_elements]",
)
language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of what is written."
)
lenient_option = click.option(
    "--lenient", is_flag=True, help="Leave out bad answers, and say how many, instead of refusing."
)
files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
