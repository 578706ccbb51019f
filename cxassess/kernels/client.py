"""A client that knows a kernel is ready as soon as it is."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any, Final

from jupyter_client.asynchronous.client import AsyncKernelClient

PATIENCE: Final = 1.0  # seconds for a reply, before asking again


class PromptClient(AsyncKernelClient):
    """``AsyncKernelClient`` whose ``wait_for_ready`` doesn't listen for 0.2 s whether anything else comes.

    A kernel is ready when it has answered a request and has told, in answer to the same request, that it is idle:
    both channels work then, and nothing older is on its way.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers.

        Raises
        ------
        RuntimeError
            If it dies, or takes longer than ``timeout`` seconds.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            reply = await self._ask()
            if reply is not None:
                self._handle_kernel_info_reply(reply)
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if end is not None and time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    async def _ask(self) -> dict[str, Any] | None:
        """Ask for the kernel's description; return None if not both channels have answered in time."""
        asked = self.kernel_info()
        try:
            reply = await self._next(self.shell_channel, asked)
            while (await self._next(self.iopub_channel, asked))["content"].get("execution_state") != "idle":
                pass
        except Empty:
            return None
        return reply

    async def _next(self, channel: Any, asked: str) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while True:
            message: dict[str, Any] = await channel.get_msg(timeout=max(end - time.monotonic(), 0))
            if message["parent_header"].get("msg_id") == asked:
                return message
