"""Files that travel with the program: templates, notebooks and sample data.

They stand at the top of a source checkout, and inside the package once it is installed from a wheel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent


def resource_path(name: str) -> Path:
    """Return the path of a bundled file or folder.

    Parameters
    ----------
    name : str
        Path below the top of the project, with forward slashes, e.g. ``"templates/report"``.

    Returns
    -------
    Path
        The file in the installed package, or else in the source checkout.

    Raises
    ------
    FileNotFoundError
        Neither place has it, so the installation is incomplete.
    """
    for root in (_PACKAGE / "_bundled", _PACKAGE.parent):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"{name}: not part of this installation of cxassess; install it again")


def sample_path(name: str) -> Path:
    """Return the path of a sample file, e.g. ``sample_path("portfolio.csv")``; FileNotFoundError if there is none."""
    return resource_path(f"data_samples/{name}")
