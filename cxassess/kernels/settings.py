"""What a zygote is started with. Two requests with equal settings can use the same zygote."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# A zygote's first environment stays readable in /proc/self/environ of every kernel that it forks: only these.
ALLOWED: Final = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "TMPDIR", "VIRTUAL_ENV", "CONDA_PREFIX", "XDG_CONFIG_HOME"}
)
# These work while an interpreter starts, or are read by C libraries when they are loaded: a later change has no
# effect, so kernels that differ in one of them need zygotes of their own.
STARTUP: Final = ("PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_")
IGNORED: Final = frozenset({"PYTHONEXECUTABLE", "PYTHONSTARTUP"})
# A thread doesn't survive a fork, and what it locked stays locked: the libraries must not start any.
SINGLE_THREADED: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


@dataclass(frozen=True)
class ZygoteSettings:
    """What to import before the first fork, and the part of the environment that cannot be changed afterwards.

    Parameters
    ----------
    preload : tuple of str
        Modules to import, in this order.
    warm_up : str
        ``module:function``, called once after the imports; empty: none.
    startup : tuple of (str, str)
        Environment variables that an interpreter reads when it starts.
    executable : str
        The interpreter.
    """

    preload: tuple[str, ...] = ()
    warm_up: str = ""
    startup: tuple[tuple[str, str], ...] = ()
    executable: str = sys.executable

    @classmethod
    def for_kernel(cls, preload: Sequence[str], warm_up: str, environment: Mapping[str, str]) -> ZygoteSettings:
        """Return the settings for a kernel that wants this environment."""
        startup = {name: value for name, value in environment.items() if name.startswith(STARTUP)}
        return cls(tuple(preload), warm_up, tuple(sorted((k, v) for k, v in startup.items() if k not in IGNORED)))

    def environment(self, around: Mapping[str, str]) -> dict[str, str]:
        """Return the zygote's environment, as little as possible of that ``around``."""
        allowed = {name: value for name, value in around.items() if name in ALLOWED}
        return {**allowed, **dict(self.startup), **SINGLE_THREADED}
