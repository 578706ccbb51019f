"""The same work on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import islice
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from cxassess.batch.pool import CallFault, Outcome
from cxassess.errors import CxassessError

Item = TypeVar("Item")
Result = TypeVar("Result")
_AHEAD: Final = 2
_SECONDS_TO_CONNECT: Final = 20


class DaskExecutor:
    """Calls functions on the workers of a Dask scheduler; a worker that dies costs nothing but time.

    The workers need this package in the same version. A call that hangs is not ended here: the limit on a notebook's
    cells does that.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._dask: Any = None
        self._client: Any = None

    def __enter__(self) -> Self:
        try:
            self._dask = import_module("distributed")  # the extra "dask"
        except ImportError as error:
            remedy = 'Install it: pip install "cxassess[dask]".'
            raise CxassessError.single("--scheduler", "Dask is not installed", remedy) from error
        try:
            self._client = self._dask.Client(self._address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            remedy = "Start it with `dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1`."
            what = f"no scheduler answers there: {error}"
            raise CxassessError.single(f"--scheduler {self._address}", what, remedy) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def run(
        self, function: Callable[[Item], Result], items: Iterable[Item], *, timeout: float = float("inf")
    ) -> Iterator[Outcome[Item, Result]]:
        """Call a function for each item; items are taken as the cluster gets through them.

        Returns
        -------
        iterator of Outcome
            As they come in. A call whose workers died again and again gives a fault.
        """
        waiting = iter(items)
        pending: dict[str, Item] = {}

        def submit(count: int) -> list[Any]:
            futures = []
            for item in islice(waiting, count):
                future = self._client.submit(function, item, pure=False)
                pending[future.key] = item
                futures.append(future)
            return futures

        ahead = _AHEAD * max(1, len(self._client.ncores()))
        completed = self._dask.as_completed(submit(ahead), loop=self._client.loop)
        for future in completed:
            item = pending.pop(future.key)
            error = future.exception()
            if error is None:
                yield Outcome(item, result=future.result())
            else:
                yield Outcome(item, fault=CallFault(type(error).__name__, str(error)))
            future.release()
            for another in submit(1):
                completed.add(another)
