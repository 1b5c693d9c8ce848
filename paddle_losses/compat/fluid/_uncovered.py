"""What happens at a name of ``paddle.fluid`` that the shim does not have: an error that says so."""

from __future__ import annotations

import dis
import sys
from typing import Any, Callable


class NotCovered(AttributeError):
    """A name of ``paddle.fluid`` that this shim does not have."""


def message(name: str) -> str:
    """What to say of ``name``, such as ``fluid.layers.fc``."""
    from ._modern import MODERN  # a long table, and nobody has asked until now

    if name in MODERN:
        return f"{name} is not covered by paddle_losses.compat.fluid; today: {MODERN[name]}"
    return f"{name} is not covered by paddle_losses.compat.fluid, and Paddle 1.8.5 has no public name like it"


def refuse(module: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module of the shim."""

    def __getattr__(name: str) -> Any:
        text = message(f"{module}.{name}")
        if _is_import(sys._getframe(1)):
            raise ImportError(text)
        raise NotCovered(text)

    return __getattr__


class Covered:
    """Base of the shim's classes: attributes it does not have are named with their modern form."""

    def __getattr__(self, name: str) -> Any:
        raise NotCovered(message(f"fluid.{type(self).__name__}.{name}"))


def _is_import(frame: Any) -> bool:
    # ``from module import name`` replaces the message of an AttributeError by its own.
    return dis.opname[frame.f_code.co_code[frame.f_lasti]] == "IMPORT_FROM"
