"""Operations whose second derivative Paddle lacks, on one version or the other, or crashes in.

Gradient penalties differentiate a gradient. So the gradients here are made of operations that can be
differentiated again, those of this file among them.
"""

from __future__ import annotations

from typing import Any, Callable

import paddle
from paddle import Tensor

from ... import _arithmetic


class _Function(paddle.autograd.PyLayer):
    """``function`` of tensors; ``gradients`` has one function of upstream gradient and tensors for each."""

    @staticmethod
    def forward(ctx: Any, function: Callable, gradients: list[Callable | None], *tensors: Tensor) -> Tensor:
        ctx.gradients = gradients
        ctx.save_for_backward(*tensors)
        return function(*tensors)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> Any:
        tensors = ctx.saved_tensor()
        found = [gradient and gradient(upstream, *tensors) for gradient in ctx.gradients]
        return tuple(found) if len(found) > 1 else found[0]


def apply(function: Callable[..., Tensor], gradients: tuple[Callable, ...], *tensors: Tensor) -> Tensor:
    """``function`` of the tensors, to be differentiated by ``gradients``."""
    wanted = [None if x.stop_gradient else gradient for gradient, x in zip(gradients, tensors)]
    # Paddle 2.6 crashes where it differentiates an empty tensor.
    plain = not paddle.is_grad_enabled() or not any(wanted) or any(0 in x.shape for x in tensors)
    return function(*tensors) if plain else _Function.apply(function, wanted, *tensors)


def quotient(x: Tensor, y: Tensor) -> Tensor:
    """x / y"""
    by_x = lambda g, x, y: quotient(g, y)  # noqa: E731
    by_y = lambda g, x, y: -quotient(g * quotient(x, y), y)  # noqa: E731
    return apply(lambda x, y: x / y, (by_x, by_y), x, y)


def exp(x: Tensor) -> Tensor:
    """e to the power of x."""
    return apply(paddle.exp, (lambda g, x: g * exp(x),), x)


def power(x: Tensor, y: Tensor) -> Tensor:
    """x to the power of y, with gradient 0 by x where y is 0."""

    def by_x(g: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return select((y <= 0) & (y >= 0), paddle.zeros_like(x), g * y * power(x, y - 1))

    def by_y(g: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return g * power(x, y) * paddle.log(x)

    return apply(paddle.pow, (by_x, by_y), x, y)


def softmax(x: Tensor, axis: int) -> Tensor:
    """exp(x), divided by its sum over ``axis``."""
    if 0 in x.shape:
        return x
    shifted = exp(x - x.detach().max(axis=axis, keepdim=True))
    return quotient(shifted, shifted.sum(axis=axis, keepdim=True).expand(x.shape))


def select(condition: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """x where the condition holds, else y."""
    by_x = lambda g, x, y: select(condition, g, paddle.zeros_like(g))  # noqa: E731
    by_y = lambda g, x, y: select(condition, paddle.zeros_like(g), g)  # noqa: E731
    return apply(lambda x, y: paddle.where(condition, x, y), (by_x, by_y), x, y)


def total(x: Tensor) -> Tensor:
    """The sum over the first axis."""
    if 0 in x.shape:
        return paddle.zeros(x.shape[1:], x.dtype)
    return apply(
        lambda x: _arithmetic.total(x).astype(x.dtype), (lambda g, x: g.unsqueeze(0).expand(x.shape),), x
    )


def take(x: Tensor, rows: Tensor) -> Tensor:
    """The rows of x with these numbers."""
    if rows.shape[0] == 0:
        return paddle.zeros([0, *x.shape[1:]], x.dtype)
    return apply(lambda x: paddle.index_select(x, rows), (lambda g, x: put(g, rows, x.shape[0]),), x)


def put(x: Tensor, rows: Tensor, count: int) -> Tensor:
    """``count`` rows: those of x at these numbers, the others 0."""
    zeros = paddle.zeros([count, *x.shape[1:]], x.dtype)
    return apply(lambda x: paddle.scatter(zeros, rows, x), (lambda g, x: take(g, rows),), x)
