"""Files that a zygote has loaded: when one changes, what it would fork is out of date."""

from __future__ import annotations

import os
import site
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class WatchedFiles:
    """Paths and when each was last modified.

    Modules that are installed are not watched one by one: installing or removing a package changes the folder that
    they are in, and that is among the paths. Of other packages, modules that are loaded are watched, and
    data files.
    """

    modified: dict[str, int]

    @classmethod
    def of_loaded_modules(cls) -> WatchedFiles:
        """Watch the modules that this process has imported."""
        installed = tuple({sys.prefix, sys.base_prefix, *site.getsitepackages()})
        paths = {folder for folder in site.getsitepackages() if folder in sys.path}
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if not file or file.startswith(installed):
                continue
            paths.add(file)
            for folder in getattr(module, "__path__", ()):
                paths.update(_data_files(folder))
        return cls({path: stamp for path in paths if (stamp := _modified(path)) is not None})

    def changed(self) -> bool:
        """Tell whether a file was changed or has gone since."""
        return any(_modified(path) != stamp for path, stamp in self.modified.items())


def _data_files(package: str) -> list[str]:
    """Return the files of a package that are not modules, without those of packages in it."""
    found = []
    for folder, folders, names in os.walk(package):
        folders[:] = [name for name in folders if not Path(folder, name, "__init__.py").exists()]
        found += [os.path.join(folder, name) for name in names if not name.endswith((".py", ".pyc"))]  # noqa: PTH118
    return found


def _modified(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116  (hundreds of files before each fork)
    except OSError:
        return None
