"""What happens at a name of ``paddle.fluid`` that the shim does not have: an error that says so.

Modules that are not covered, such as ``fluid.optimizer``, can be had, so that the name inside them that is
used can be named: ``fluid.optimizer.Adam is not covered …; today: paddle.optimizer.Adam``.
"""

from __future__ import annotations

import difflib
import dis
import sys
from types import ModuleType
from typing import Any, Callable


class NotCovered(AttributeError):
    """A name of ``paddle.fluid`` that this shim does not have."""


NotCovered.__module__ = "paddle_losses.compat.fluid"  # where it is imported from, and short in a traceback


def message(name: str) -> str:
    """What to say of ``name``, such as ``fluid.layers.fc``."""
    known = _modern()
    if name in known:
        return f"{name} is not covered by paddle_losses.compat.fluid; today: {known[name]}"
    module, _, last = name.rpartition(".")
    close = difflib.get_close_matches(last, _neighbours(module), n=1, cutoff=0.75)
    meant = f"did you mean {module}.{close[0]}?" if close else "Paddle 1.8.5 has no public name like it"
    return f"{name} is not covered by paddle_losses.compat.fluid; {meant}"


def refuse(module: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module of the shim."""

    def __getattr__(name: str) -> Any:
        full = f"{module}.{name}"
        if is_module(full):
            return Missing(full)
        if _is_import(sys._getframe(1)):
            raise ImportError(message(full))
        raise NotCovered(message(full))

    return __getattr__


class Missing(ModuleType):
    """A module of ``paddle.fluid`` that is not covered: everything in it is refused by its own name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"paddle.{name}")
        self.__path__: list[str] = []
        self.__getattr__ = refuse(name)

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise NotCovered(message(self.__name__.partition(".")[2]))


class Covered:
    """Base of the shim's classes: attributes it does not have are named with their modern form."""

    def __getattr__(self, name: str) -> Any:
        raise NotCovered(message(f"fluid.{type(self).__name__}.{name}"))


def is_module(name: str) -> bool:
    """Whether 1.8.5 has a module ``name``, such as ``fluid.optimizer``, that is not covered."""
    last = name.rpartition(".")[2]
    return last.islower() and any(key.startswith(f"{name}.") for key in _modern())


def _modern() -> dict[str, str]:
    from ._modern import MODERN  # a long table, and nobody has asked until now

    return MODERN


def _neighbours(module: str) -> list[str]:
    """The names of 1.8.5 in ``module``."""
    shim = sys.modules[__package__.replace("fluid", module)] if module in ("fluid", "fluid.layers") else None
    known = (key[len(module) + 1 :] for key in _modern() if key.startswith(f"{module}."))
    return [*known, *getattr(shim, "__all__", [])]


def _is_import(frame: Any) -> bool:
    # ``from module import name`` replaces the message of an AttributeError by its own.
    return dis.opname[frame.f_code.co_code[frame.f_lasti]] == "IMPORT_FROM"
