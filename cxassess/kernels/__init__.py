"""Jupyter kernels that start in milliseconds: forked from a process that has the libraries imported already.

Use them by the kernel name ``cxassess`` from JupyterLab, Voilà, nbconvert, nbclient and papermill. A program with
several worker processes lets them use one zygote together:

>>> zygote = share_zygote()  # doctest: +SKIP
>>> ProcessPoolExecutor(4, initializer=adopt_zygote, initargs=(zygote,))  # doctest: +SKIP

How it works, from the outside in: ``provisioner`` is Jupyter's extension point; ``nursery`` keeps this process's
zygotes (``handle``), in a private folder (``folders``); ``zygote`` is the program that they run, ``loading`` what it
imports first, ``child`` what a forked process does to become a kernel, with calls to the system from ``linux``;
``process`` is the owner's view of one kernel; ``client``, ``manager`` and ``engine`` leave out waits that nbclient and
papermill would make.
"""

from __future__ import annotations

from cxassess.kernels.sharing import SharedZygote, adopt_zygote, share_zygote

__all__ = ["SharedZygote", "adopt_zygote", "share_zygote"]
