"""``import paddle.fluid`` for old programs, for as long as it is asked for."""

from __future__ import annotations

import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType, TracebackType
from typing import Any

import paddle

NAME = "paddle.fluid"


def install() -> Installed:
    """Make ``import paddle.fluid as fluid`` give the shim, until `uninstall`.

    As a context manager it lasts as long as the ``with``.

    Returns:
        Installed: a context manager that uninstalls, if this call has installed.

    Raises:
        RuntimeError: this Paddle still has a ``paddle.fluid`` of its own.

    Example:
        >>> from paddle_losses import compat
        >>> with compat.install():
        ...     import paddle.fluid as fluid
        >>> fluid.Program.__module__
        'paddle_losses.compat.fluid.framework'
    """
    if _modules():
        return Installed(already=True)
    if hasattr(paddle, "fluid") or importlib.util.find_spec(NAME):
        raise RuntimeError(f"Paddle {paddle.__version__} still has a paddle.fluid of its own; use that")
    from . import fluid

    paddle.fluid = fluid
    sys.modules[NAME] = fluid
    for name, module in fluid.MODULES.items():
        sys.modules[f"{NAME}.{name}"] = module
    sys.meta_path.insert(0, _Refusal())
    return Installed(already=False)


def uninstall() -> None:
    """Undo `install`: ``import paddle.fluid`` fails again. What has been imported stays usable.

    Example:
        >>> import sys
        >>> from paddle_losses import compat
        >>> _ = compat.install()
        >>> compat.uninstall()
        >>> "paddle.fluid" in sys.modules
        False
    """
    for name in _modules():
        del sys.modules[name]
    if getattr(paddle, "fluid", None) is sys.modules.get(f"{__package__}.fluid", paddle):
        del paddle.fluid
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Refusal)]


class Installed:
    """Uninstalls at the end of a ``with``."""

    def __init__(self, already: bool) -> None:
        self._already = already

    def __repr__(self) -> str:
        return "import paddle.fluid works until paddle_losses.compat.uninstall()"

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._already:
            uninstall()


class _Refusal(MetaPathFinder, Loader):
    """Gives modules of fluid that are not covered, in which every name says what to use today."""

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if not name.startswith(NAME + "."):
            return None
        from .fluid._uncovered import is_module, message

        if not is_module(_old(name)):
            raise ModuleNotFoundError(message(_old(name)), name=name)
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        from .fluid._uncovered import Missing

        return Missing(_old(spec.name))

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""


def _old(name: str) -> str:
    """``fluid.layers`` of ``paddle.fluid.layers``."""
    return name.partition(".")[2]


def _modules() -> list[str]:
    return [name for name in sys.modules if name == NAME or name.startswith(NAME + ".")]
