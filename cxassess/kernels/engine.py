"""A papermill engine: no waits, no saves on the way, and forked kernels for any notebook of this interpreter."""

from __future__ import annotations

from typing import Any, Final

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from papermill.iorw import write_ipynb
from papermill.log import logger

from cxassess.kernels.feasibility import is_this_interpreter
from cxassess.kernels.manager import PromptManager

FORKED: Final = "cxassess"
ORDINARY: Final = "python3"


class ForkedEngine(Engine):  # type: ignore[misc]  # papermill has no types
    """Execute a notebook with papermill: ``--engine forked``.

    A notebook for ``python3`` runs in the kernel ``cxassess`` if that is installed and both are this interpreter.
    The executed notebook is written once, at the end, also if the kernel died.
    """

    @classmethod
    def execute_notebook(
        cls,
        nb: nbformat.NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        *,
        progress_bar: bool | dict[str, Any] = True,
        log_output: bool = False,
        autosave_cell_every: int = 0,
        **kwargs: Any,
    ) -> nbformat.NotebookNode:
        """Execute a notebook; papermill calls this.

        Parameters
        ----------
        nb, kernel_name, output_path, progress_bar, log_output, autosave_cell_every
            As for papermill's own engine; nothing is saved every so often.
        **kwargs
            As for ``execute_managed_notebook``.

        Returns
        -------
        NotebookNode
            The executed notebook.
        """
        manager = NotebookExecutionManager(
            nb, output_path=None, progress_bar=progress_bar, log_output=log_output, autosave_cell_every=0
        )
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, log_output=log_output, **kwargs)
        except BaseException:
            manager.notebook_complete()
            if output_path:  # papermill writes the notebook itself, but not if its kernel died or took too long
                write_ipynb(nb, output_path)
            raise
        finally:
            manager.cleanup_pbar()
        manager.notebook_complete()
        return nb

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        env: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> nbformat.NotebookNode:
        """Execute the cells.

        Parameters
        ----------
        nb_man, kernel_name, log_output, stdout_file, stderr_file, start_timeout
            As for papermill's own engine.
        execution_timeout : int, optional
            Seconds that a cell may take.
        env : dict, optional
            The kernel's environment; this process's if not given.
        **kwargs
            Traits of ``nbclient.NotebookClient``.

        Returns
        -------
        NotebookNode
            The executed notebook.
        """
        options = {name: value for name, value in kwargs.items() if name not in {"input_path", "startup_timeout"}}
        timeout = execution_timeout or options.pop("timeout", None)
        options = {"kernel_manager_class": PromptManager, **options}
        options.pop("timeout", None)
        client = PapermillNotebookClient(
            nb_man,
            **options,
            timeout=timeout,
            startup_timeout=start_timeout,
            kernel_name=choose_kernel(kernel_name),
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        done: nbformat.NotebookNode = client.execute(**({} if env is None else {"env": dict(env)}))
        return done


def choose_kernel(name: str) -> str:
    """Return the forked kernel's name for a notebook that asks for the ordinary one of the same interpreter."""
    if name != ORDINARY:
        return name
    specs = KernelSpecManager()
    try:
        ordinary, forked = specs.get_kernel_spec(ORDINARY), specs.get_kernel_spec(FORKED)
    except NoSuchKernel:
        return name
    return FORKED if all(is_this_interpreter(spec.argv[0]) for spec in (ordinary, forked)) else name
