"""A kernel manager that doesn't sleep at each start and end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_client.manager import AsyncKernelManager


def _without_pause(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return a manager's method without the wrapper that sets its state ``ready`` and sleeps 10 ms for those who watch.

    Nobody watches a manager that one notebook has for itself.
    """
    inner: Callable[..., Awaitable[None]] = getattr(method, "__wrapped__", method)
    return inner


class PromptManager(AsyncKernelManager):
    """``AsyncKernelManager`` for one notebook from start to end, without ``ready``."""

    _async_start_kernel: Any = _without_pause(AsyncKernelManager._async_start_kernel)
    _async_shutdown_kernel: Any = _without_pause(AsyncKernelManager._async_shutdown_kernel)
    start_kernel = _async_start_kernel
    shutdown_kernel = _async_shutdown_kernel
