"""One fused call: which tensors it takes, and how its result gets into Paddle's graph."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Callable

import paddle
from paddle import Tensor, _C_ops

from .._switches import set_kernels, set_value_checks
from .._tracing import in_sot
from ._library import library, threads
from ._operands import Operand

Run = Callable[..., int]  # run(upstream, value, gradient): addresses or None; whether all values were valid

# Operations are called as `_C_ops`: their public forms take 1.5 to 3.5 µs more each, a third of a small loss.
_CPU = paddle.CPUPlace()

_AGAIN = (
    "paddle_losses: this loss has been differentiated before, without retain_graph=True, and what its "
    "gradient is made of is gone. Pass retain_graph=True the first time, or compute the loss anew."
)
_CHANGED = (
    "paddle_losses: an argument was changed in place after the loss was computed, so the gradient cannot be "
    "computed any more. Change a copy."
)
_SECOND_ORDER = (
    "paddle_losses: a fused loss has no gradient of second order. Compute the loss inside "
    "'with paddle_losses.set_kernels(False):', where it is made of Paddle's operations."
)


def serves() -> bool:
    """Whether kernels are there, wanted, and Paddle runs eagerly."""
    return not in_sot() and library is not None and set_kernels.on and paddle.in_dynamic_mode()


def fused(run: Run, operands: Sequence[Operand], shape: list[int], reduction: str) -> Tensor | None:
    """The loss that ``run`` computes of the operands, in Paddle's graph; the first is the prediction.

    None if an argument has invalid values and somebody wants to know. The gradient is computed with the
    value, but not where it depends on what comes later: on the gradient of every element, or on the
    scale that half precision has to be spared.
    """
    x = operands[0]
    shape = shape if reduction == "none" else []
    differentiable = not x.tensor.stop_gradient and paddle.is_grad_enabled()
    value = _C_ops.empty([1, *shape] if differentiable else shape, x.result_dtype, _CPU)
    early = differentiable and reduction != "none" and not x.is_half
    gradient = _C_ops.empty(x.shape, x.tensor.dtype, _CPU) if early else None
    valid = run(None, value.data_ptr(), gradient.data_ptr() if early else None)
    if not valid and set_value_checks.on:
        return None
    return _attach(x.tensor, value, _Backward(run, operands, gradient)) if differentiable else value


class _Backward:
    """The gradient of one fused loss; keeps what it is made of as long as Paddle keeps its graph."""

    def __init__(self, run: Run, operands: Sequence[Operand], gradient: Tensor | None) -> None:
        self.run, self.operands, self.gradient = run, operands, gradient

    def __call__(self, upstream: Tensor) -> Tensor:
        if self.run is None:
            raise RuntimeError(_AGAIN)
        gradient = self._gradient(upstream if upstream.is_contiguous() else upstream.contiguous())
        wanted = _settings_of_the_pass()
        if wanted.get("create_graph"):
            value, nothing = gradient.unsqueeze(0), paddle.zeros_like(gradient).unsqueeze(0)
            gradient = _attach(self.operands[0].tensor, value, _refuse)
            gradient = gradient + _attach(upstream, nothing, _refuse)
        if not wanted.get("retain_graph"):
            self.run = self.operands = None
        return gradient

    def _gradient(self, upstream: Tensor) -> Tensor:
        x = self.operands[0]
        gradient, self.gradient = self.gradient, None  # handed over: Paddle may add to it in place
        if gradient is not None:
            library.scale(gradient.data_ptr(), x.code, math.prod(x.shape), upstream.data_ptr(), threads())
            return gradient
        if any(operand.changed for operand in self.operands):
            raise RuntimeError(_CHANGED)
        gradient = _C_ops.empty(x.shape, x.tensor.dtype, _CPU)
        self.run(upstream.data_ptr(), None, gradient.data_ptr())
        return gradient


def _refuse(upstream: Tensor) -> Tensor:
    raise RuntimeError(_SECOND_ORDER)


def _settings_of_the_pass() -> dict:
    # Paddle does not tell a hook what its backward pass is for. `retain_graph` and `create_graph` are
    # variables of `backward` or `paddle.grad`, the function that has started the pass: the first one that is
    # not of this file.
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals is globals():
        frame = frame.f_back
    return {} if frame is None else frame.f_locals


def _attach(x: Tensor, value: Tensor, backward: Callable[[Tensor], Tensor]) -> Tensor:
    """``value``, less its first axis, as a tensor that depends on ``x``, by a gradient from ``backward``.

    No PyLayer: Paddle ends the process in the second backward pass through one (``retain_graph=True``).
    This is a reshape of ``x``, whose data are exchanged for the value; a hook exchanges the gradient.
    """
    if x.dtype == value.dtype:
        node = _exchange(_C_ops.reshape(x, [-1]), value, backward)
    else:
        # A hook must keep the dtype. So there is a cast between: its upper end sees the gradient of the
        # value, its lower end gives what is made of it.
        seen = []
        half = _exchange(_C_ops.reshape(x, [-1]), paddle.zeros([1], x.dtype), lambda _: backward(seen.pop()))
        node = _exchange(half.astype(value.dtype), value, seen.append)
    return _C_ops.squeeze(node, [0])  # one more node, where the hooks of others see the gradient of the value


def _exchange(node: Tensor, value: Tensor, hook: Callable) -> Tensor:
    node.get_tensor()._share_data_with(value.get_tensor())
    node.register_hook(hook)
    return node
