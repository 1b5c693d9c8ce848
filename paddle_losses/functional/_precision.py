"""Keep a loss in full precision inside ``paddle.amp.auto_cast``."""

from __future__ import annotations

import functools
from typing import Callable, TypeVar

import paddle

from .._tracing import in_sot

Loss = TypeVar("Loss", bound=Callable)


def full_precision(loss: Loss) -> Loss:
    """Run ``loss`` with automatic casting off.

    At level O2, Paddle casts the inputs of nearly every operation to half precision, inside a loss
    too, where the differences that training lives on are rounded away.
    """

    # Nothing in a loss depends on a value, so to_static need not rewrite its source: it is simply run
    # on the values of the graph. (Rewritten, the wrapper would lose its keyword arguments.)
    @paddle.jit.not_to_static
    @functools.wraps(loss)
    def wrapper(*args, **kwargs):
        if not _casting():
            return loss(*args, **kwargs)
        with paddle.amp.auto_cast(enable=False):
            return loss(*args, **kwargs)

    # Paddle's bytecode tracer takes equal code for the same function.
    wrapper.__code__ = wrapper.__code__.replace(co_name=loss.__name__)
    return wrapper


def _casting() -> bool:
    if in_sot():  # the tracer cannot look at this state
        return False
    if hasattr(paddle.amp, "is_autocast_enabled"):
        return paddle.amp.is_autocast_enabled()
    tracer = paddle.base.framework._dygraph_tracer()
    return tracer is not None and tracer._amp_level != paddle.base.core.AmpLevel.O0
