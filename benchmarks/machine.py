"""The machine that the figures were taken on, in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from cxassess.batch.pool import count_cores

PACKAGES: Final = (
    "cxassess",
    "numpy",
    "pandas",
    "altair",
    "vl-convert-python",
    "typst",
    "papermill",
    "nbclient",
    "nbconvert",
    "ipykernel",
    "jupyter-client",
    "playwright",
    "distributed",
)


def describe_machine() -> dict[str, Any]:
    """Return processor, cores, memory, operating system, Python and the packages' versions."""
    return {
        "processor": _processor(),
        "cores": count_cores(),
        "memory_gib": _memory(),
        "system": _system(),
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def describe_in_words(machine: dict[str, Any]) -> str:
    """Return the description as one line."""
    memory = f", {machine['memory_gib']:.0f} GB" if machine["memory_gib"] else ""
    return (
        f"{machine['processor']}, {machine['cores']} cores{memory}; {machine['system']}; Python {machine['python']}, "
        + ", ".join(f"{name} {number}" for name, number in machine["packages"].items() if name != "cxassess")
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _memory() -> float | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError):
        return None


def _system() -> str:
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {platform.system()} {platform.release()}"
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
