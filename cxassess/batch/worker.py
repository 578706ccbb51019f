"""A worker process: takes calls on its standard input, answers on its standard output, and ends with its parent.

A call is a pickled ``(function, item, wanted)`` from the parent, which is the same program of the same user. The
answer is ``("value", result)`` or ``("error", name, message)``, and none where it is not wanted; before all answers,
``("ready",)`` is said. Each message is preceded by its length in eight bytes. Whatever else the process prints goes to
standard error.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import sys
import threading
from importlib import import_module
from typing import Any, BinaryIO, Final, cast

LENGTH: Final = struct.Struct("!Q")
#: Exit code of a worker whose parent is gone.
ORPHANED: Final = 3


def read_message(stream: BinaryIO) -> Any:
    """Return the next message; EOFError at the end of the stream, also in the midst of a message."""
    header = stream.read(LENGTH.size)
    if len(header) < LENGTH.size:
        raise EOFError
    size = LENGTH.unpack(header)[0]
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return pickle.loads(content)  # noqa: S301  (between a process and its own child)


def write_message(stream: BinaryIO, message: Any) -> None:
    """Write one message, whole."""
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def serve(calls: BinaryIO, answers: BinaryIO) -> None:
    """Answer calls until there are no more.

    A thread reads them, so that the end of the parent is noticed in the midst of a call, too: nobody wants its result
    any longer.
    """
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read_calls, args=(calls, inbox), daemon=True).start()
    write_message(answers, ("ready",))
    while True:
        function, item, wanted = inbox.get()
        answer: tuple[Any, ...]
        try:
            answer = ("value", function(item))
        except Exception as error:  # the parent decides what an error means
            answer = ("error", type(error).__name__, str(error))
        if wanted:
            write_message(answers, answer)


def _read_calls(calls: BinaryIO, inbox: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            inbox.put(read_message(calls))
    except EOFError:
        os._exit(ORPHANED)


def skip_grammars() -> None:
    """Keep jsonschema from building the grammars of web addresses, which takes over a second and no notebook needs.

    For processes that do nothing but make reports: the formats ``iri`` and the like are not checked in them.
    """
    sys.modules.setdefault("rfc3987_syntax", cast(Any, None))


def main() -> None:
    """Serve the process that started this one; the arguments are modules to load first."""
    skip_grammars()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the parent decides
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    calls = os.fdopen(os.dup(0), "rb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for name in sys.argv[1:]:
        import_module(name)
    serve(calls, answers)


if __name__ == "__main__":
    main()
