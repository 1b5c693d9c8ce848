"""One fused call: which tensors it takes, and how its result gets into Paddle's graph."""

from __future__ import annotations

import math
import sys
from typing import Callable

import paddle
from paddle import Tensor

from .._switches import set_kernels, set_value_checks
from .._tracing import in_sot
from ._library import library, threads

# As in source/library.hpp.
_FLOATING = {paddle.float32: 0, paddle.float64: 1, paddle.float16: 2, paddle.bfloat16: 3}
INTEGER = {paddle.int64: 4, paddle.int32: 5, paddle.int16: 6, paddle.int8: 7, paddle.uint8: 8}
REAL = {**_FLOATING, **INTEGER, paddle.bool: 8}

Run = Callable[..., int]  # run(value=…, gradient=…, upstream=…): addresses or None; whether all was valid

_AGAIN = (
    "paddle_losses: this loss has been differentiated before, without retain_graph=True, and what its "
    "gradient is made of is gone. Pass retain_graph=True the first time, or compute the loss anew."
)
_CHANGED = (
    "paddle_losses: the prediction was changed in place after the loss was computed, so its gradient "
    "cannot be computed any more. Change a copy."
)
_SECOND_ORDER = (
    "paddle_losses: a fused loss has no gradient of second order. Compute the loss inside "
    "'with paddle_losses.set_kernels(False):', where it is made of Paddle's operations."
)


class Unfit(Exception):
    """An argument that no kernel takes: the composed loss does, or says what is wrong with it."""


def serves() -> bool:
    """Whether kernels are there, wanted, and Paddle runs eagerly."""
    return not in_sot() and library is not None and set_kernels.on and paddle.in_dynamic_mode()


def prediction(tensor: object) -> Tensor:
    """A tensor to fuse a loss of, contiguous."""
    if not isinstance(tensor, Tensor) or tensor.dtype not in _FLOATING or 0 in tensor.shape:
        raise Unfit
    return _contiguous(tensor)


def constant(tensor: object, shape: list[int], dtypes: dict = REAL) -> Tensor:
    """A tensor of that shape that needs no gradient, contiguous."""
    if not isinstance(tensor, Tensor) or tensor.dtype not in dtypes or tensor.shape != shape:
        raise Unfit
    if not tensor.stop_gradient and paddle.is_grad_enabled():
        raise Unfit
    return _contiguous(tensor)


def _contiguous(tensor: Tensor) -> Tensor:
    if not tensor.place.is_cpu_place():
        raise Unfit
    return tensor if tensor.is_contiguous() else tensor.contiguous()


def operand(tensor: Tensor | None) -> tuple[int | None, int]:
    """Address and dtype."""
    return (None, 0) if tensor is None else (tensor.data_ptr(), REAL[tensor.dtype])


def fused(run: Run, x: Tensor, shape: list[int], each: bool) -> Tensor | None:
    """The loss that ``run`` computes of ``x``, in Paddle's graph; None if an argument had invalid values
    and somebody wants to know.

    The gradient is computed with the value, but not where it depends on what comes later: on the
    gradient of every element (``each``), or on the scale that half precision has to be spared.
    """
    value = paddle.empty(shape, "float64" if x.dtype == paddle.float64 else "float32")
    differentiable = not x.stop_gradient and paddle.is_grad_enabled()
    early = differentiable and not each and x.dtype == value.dtype
    gradient = paddle.empty_like(x) if early else None
    valid = run(value.data_ptr(), gradient.data_ptr() if early else None, None)
    if not valid and set_value_checks.on:
        return None
    return _attach(x, value, _Backward(run, x, gradient)) if differentiable else value


class _Backward:
    """The gradient of one fused loss; keeps what it is made of as long as Paddle keeps its graph."""

    def __init__(self, run: Run, x: Tensor, gradient: Tensor | None) -> None:
        self.run, self.x, self.gradient = run, x, gradient
        self.version = x.inplace_version

    def __call__(self, upstream: Tensor) -> Tensor:
        if self.run is None:
            raise RuntimeError(_AGAIN)
        gradient = self._gradient(upstream)
        if _asked_for("create_graph"):
            zero = paddle.zeros_like(gradient)
            gradient = _attach(self.x, gradient, _refuse) + _attach(upstream, zero, _refuse)
        if not _asked_for("retain_graph"):
            self.run = self.x = None
        return gradient

    def _gradient(self, upstream: Tensor) -> Tensor:
        upstream = upstream if upstream.is_contiguous() else upstream.contiguous()
        gradient, self.gradient = self.gradient, None  # handed over: Paddle may add to it in place
        if gradient is not None:
            library.scale(*operand(gradient), math.prod(gradient.shape), upstream.data_ptr(), threads())
            return gradient
        if self.x.inplace_version != self.version:
            raise RuntimeError(_CHANGED)
        gradient = paddle.empty_like(self.x)
        self.run(None, gradient.data_ptr(), upstream.data_ptr())
        return gradient


def _refuse(upstream: Tensor) -> Tensor:
    raise RuntimeError(_SECOND_ORDER)


def _asked_for(setting: str) -> bool:
    # Paddle does not tell a hook what its backward pass is for. It is a variable of `backward` or
    # `paddle.grad`, the Python function that has started the pass: the first one that is not of this file.
    frame = sys._getframe(1)
    while frame.f_globals is globals():
        frame = frame.f_back
    return bool(frame.f_locals.get(setting))


def _attach(x: Tensor, value: Tensor, backward: Callable[[Tensor], Tensor]) -> Tensor:
    """``value`` as a tensor that depends on ``x``; ``backward`` makes the gradient of ``x`` of its own.

    No PyLayer: Paddle ends the process in the second backward pass through one (``retain_graph=True``).
    This is a reshape of ``x``, whose data are exchanged for the value; a hook exchanges the gradient.
    """
    if x.dtype == value.dtype:
        return _exchange(x.reshape([-1]), value, backward)
    # A hook must keep the dtype. So there is a cast between: its upper end sees the gradient of the value,
    # its lower end gives what is made of it.
    seen = []
    half = _exchange(x.reshape([-1]), paddle.zeros([1], x.dtype), lambda _: backward(seen.pop()))
    return _exchange(half.astype(value.dtype), value, seen.append)


def _exchange(node: Tensor, value: Tensor, hook: Callable) -> Tensor:
    node.get_tensor()._share_data_with(value.get_tensor())
    node.register_hook(hook)
    return node
