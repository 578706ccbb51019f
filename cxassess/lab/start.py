"""Opening JupyterLab at the start notebook, and Voilà on one notebook: on this machine only, asking no other."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from cxassess.errors import CxassessError
from cxassess.resources import resource_path

START: Final = "00_start_here.ipynb"
_PLACES: Final = ("notebooks", ".")
_CONFIG: Final = "JUPYTER_CONFIG_PATH"


@dataclass(frozen=True)
class LabCall:
    """How JupyterLab or Voilà is started.

    Parameters
    ----------
    arguments : tuple of str
        The command.
    environment : Mapping
        Everything that it sees of the environment.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str]


def find_start(folder: str | Path) -> Path:
    """Return the start notebook of a folder, as a path below it.

    Raises
    ------
    CxassessError
        If there is none.
    """
    for place in _PLACES:
        found = Path(place) / START
        if (Path(folder) / found).is_file():
            return found
    remedy = "Make a folder with the notebooks (`cxassess engagement start FOLDER`), or name one that has them."
    raise CxassessError.single(str(folder), f"There is no {START} in it, nor in its notebooks/.", remedy)


def plan_lab(
    folder: str | Path,
    *,
    port: int = 8888,
    browser: bool = True,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> LabCall:
    """Return how to start JupyterLab at the start notebook of a folder.

    The project's settings (no news, no look for updates, widgets' messages in order) come as defaults beside those
    that the machine has: whatever the user chose in JupyterLab stays chosen. It listens on this machine only.

    Parameters
    ----------
    folder : str or Path
        With the notebooks.
    port : int
        The next free one is taken if it is not free.
    browser : bool
        Open a browser.
    options : sequence of str
        Further options of JupyterLab; they come last, so that they hold.
    environment : Mapping, optional
        The process's own if left out.

    Raises
    ------
    CxassessError
        If there is no start notebook.
    """
    start = find_start(folder)
    known = dict(os.environ if environment is None else environment)
    settings = str(resource_path("templates/lab"))
    known[_CONFIG] = os.pathsep.join(filter(None, (settings, known.get(_CONFIG, ""))))
    arguments = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={Path(folder).resolve()}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--LabApp.default_url=/lab/tree/{start.as_posix()}",
        "--LabApp.extension_manager=readonly",
        *([] if browser else ["--no-browser"]),
        *options,
    ]
    return LabCall(tuple(arguments), known)


def plan_presentation(
    notebook: str | Path, *, port: int = 8866, browser: bool = True, environment: Mapping[str, str] | None = None
) -> LabCall:
    """Return how to present a notebook without its code, by Voilà with the project's template.

    It listens on this machine only, and that cannot be changed here: whoever reaches a presented notebook can set
    every widget in its kernel, and with the kernel's id read another visitor's (see ``docs/presenting.md``).

    Parameters
    ----------
    notebook : str or Path
        Which one.
    port : int
        To listen on.
    browser : bool
        Open a browser.
    environment : Mapping, optional
        The process's own if left out.

    Raises
    ------
    CxassessError
        If there is no such notebook, or Voilà is not installed.
    """
    if find_spec("voila") is None:
        raise CxassessError.single("voila", "Voilà is not installed.", 'Install it: pip install "cxassess[voila]".')
    if not Path(notebook).is_file():
        raise CxassessError.single(str(notebook), "There is no such notebook.", "Name one, with its folder.")
    arguments = [
        sys.executable,
        "-m",
        "voila",
        str(notebook),
        "--template=cxassess",
        "--Voila.ip=127.0.0.1",
        f"--port={port}",
        "--VoilaConfiguration.allow_theme_override=NO",
        *([] if browser else ["--no-browser"]),
    ]
    return LabCall(tuple(arguments), dict(os.environ if environment is None else environment))
