"""One zygote for several processes of a program."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import Final

from cxassess.kernels.settings import ZygoteSettings

KERNEL_NAME: Final = "cxassess"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SharedZygote:
    """A zygote that other processes may use; can be pickled.

    Parameters
    ----------
    settings : ZygoteSettings
        What it was started with.
    address : str
        Where it listens.
    """

    settings: ZygoteSettings
    address: str


def share_zygote(kernel_name: str = KERNEL_NAME) -> SharedZygote | None:
    """Start this process's zygote for a kernel, if it doesn't run yet, for use by other processes too.

    It lives as long as this process. Kernels end with the process that has asked for them.

    Parameters
    ----------
    kernel_name : str
        Name of a kernelspec whose provisioner is this package's.

    Returns
    -------
    SharedZygote or None
        None where kernels cannot be forked; a log message says why, and kernels start in the ordinary way.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # noqa: PLC0415  (not needed to adopt)

    from cxassess.kernels.feasibility import find_obstacle  # noqa: PLC0415
    from cxassess.kernels.handle import ZygoteError  # noqa: PLC0415
    from cxassess.kernels.nursery import NURSERY  # noqa: PLC0415

    try:
        spec = KernelSpecManager().get_kernel_spec(kernel_name)
    except NoSuchKernel:
        _log.warning("There is no kernel %s; kernels start in the ordinary way", kernel_name)
        return None
    obstacle = find_obstacle(spec.argv, {})
    config = spec.metadata.get("kernel_provisioner", {}).get("config", {})
    if obstacle:
        _log.info("Kernels start in the ordinary way: %s", obstacle)
        return None
    settings = ZygoteSettings.for_kernel(config.get("preload", []), config.get("warm_up", ""), os.environ)
    try:
        return SharedZygote(settings, NURSERY.get(settings).address)
    except ZygoteError as error:
        _log.warning("Kernels start in the ordinary way: %s", error)
        return None


def adopt_zygote(shared: SharedZygote | None) -> bool:
    """Use another process's zygote in this one, for kernels of the same settings; call it before the first kernel.

    Parameters
    ----------
    shared : SharedZygote or None
        As ``share_zygote`` returned it in the other process.

    Returns
    -------
    bool
        Whether there is one; otherwise this process starts its own when it needs one.
    """
    if shared is None:
        return False
    from cxassess.kernels.handle import ZygoteError  # noqa: PLC0415
    from cxassess.kernels.nursery import NURSERY  # noqa: PLC0415

    try:
        NURSERY.adopt(shared.settings, shared.address)
    except ZygoteError as error:
        _log.warning("This process starts a zygote of its own: %s", error)
        return False
    return True
