"""Operations with gradients of our own, which can be differentiated as often as one likes.

Gradient penalties differentiate a gradient, but for many operations Paddle has no second derivative, on one
version or the other, or crashes in it. So the gradients here are made of operations that can be
differentiated again, those of this file among them. Each PyLayer has one input, because `paddle.grad` fails
where it is asked for only some of several.
"""

from __future__ import annotations

from typing import Any, Callable

import paddle
from paddle import Tensor

from ... import _arithmetic


class _Function(paddle.autograd.PyLayer):
    """``function`` of a tensor; ``gradient`` is a function of upstream gradient and tensor."""

    @staticmethod
    def forward(ctx: Any, function: Callable, gradient: Callable, x: Tensor) -> Tensor:
        ctx.gradient = gradient
        ctx.save_for_backward(x)
        return function(x)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> Tensor:
        return ctx.gradient(upstream, *ctx.saved_tensor())


def apply(
    function: Callable[[Tensor], Tensor], gradient: Callable[[Tensor, Tensor], Tensor], x: Tensor
) -> Tensor:
    """``function`` of x, to be differentiated by ``gradient``."""
    # Paddle 2.6 crashes where it differentiates an empty tensor.
    plain = x.stop_gradient or not paddle.is_grad_enabled() or 0 in x.shape
    return function(x) if plain else _Function.apply(function, gradient, x)


def exactly(value: Tensor, x: Tensor) -> Tensor:
    """``value``, to be differentiated like x, which is the same but for rounding.

    x / y is rounded once and x * (1 / y) twice: the quotient has the value of the first and, of the second,
    the gradient, which is made of operations that can be differentiated again.
    """
    value = value.detach()
    return apply(lambda x: value, lambda g, x: g, x)


def exp(x: Tensor) -> Tensor:
    """e to the power of x."""
    return apply(paddle.exp, lambda g, x: g * exp(x), x)


def log(x: Tensor) -> Tensor:
    """The natural logarithm of x."""
    return apply(paddle.log, lambda g, x: g * reciprocal(x), x)


def sqrt(x: Tensor) -> Tensor:
    """The square root of x."""
    return apply(paddle.sqrt, lambda g, x: g * reciprocal(2 * sqrt(x)), x)


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x))"""
    return apply(paddle.nn.functional.sigmoid, lambda g, x: g * sigmoid(x) * sigmoid(-x), x)


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent of x."""
    return apply(paddle.tanh, lambda g, x: g * (1 - tanh(x) * tanh(x)), x)


def reciprocal(x: Tensor) -> Tensor:
    """1 / x"""
    return apply(lambda x: 1 / x, lambda g, x: -g * reciprocal(x) * reciprocal(x), x)


def quotient(x: Tensor, y: Tensor) -> Tensor:
    """x / y"""
    return exactly(x / y, x * reciprocal(y))


def power(x: Tensor, y: Tensor) -> Tensor:
    """x to the power of y, with gradient 0 by x where y is 0."""

    def by_x(g: Tensor, x: Tensor) -> Tensor:
        return select((y <= 0) & (y >= 0), paddle.zeros_like(x), g * y * power(x, y - 1))

    if y.stop_gradient:
        return apply(lambda x: paddle.pow(x, y), by_x, x)
    if x.stop_gradient:
        return apply(lambda y: paddle.pow(x, y), lambda g, y: g * power(x, y) * log(x), y)
    return paddle.pow(x, y)  # of two variables there is a first derivative only


def softmax(x: Tensor, axis: int) -> Tensor:
    """exp(x), divided by its sum over ``axis``."""
    if 0 in x.shape:
        return x
    shifted = exp(x - x.detach().max(axis=axis, keepdim=True))
    return quotient(shifted, shifted.sum(axis=axis, keepdim=True).expand(x.shape))


def select(condition: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """x where the condition holds, else y."""
    return exactly(paddle.where(condition, x, y), _where(condition, x) + _where(~condition, y))


def _where(condition: Tensor, x: Tensor) -> Tensor:
    """x where the condition holds, else 0."""
    zeros = paddle.zeros_like(x)
    return apply(lambda x: paddle.where(condition, x, zeros), lambda g, x: _where(condition, g), x)


def total(x: Tensor) -> Tensor:
    """The sum over the first axis."""
    if 0 in x.shape:
        return paddle.zeros(x.shape[1:], x.dtype)
    return apply(
        lambda x: _arithmetic.total(x).astype(x.dtype), lambda g, x: g.unsqueeze(0).expand(x.shape), x
    )


def take(x: Tensor, rows: Tensor) -> Tensor:
    """The rows of x with these numbers."""
    if rows.shape[0] == 0:
        return paddle.zeros([0, *x.shape[1:]], x.dtype)
    return apply(lambda x: paddle.index_select(x, rows), lambda g, x: put(g, rows, x.shape[0]), x)


def put(x: Tensor, rows: Tensor, count: int) -> Tensor:
    """``count`` rows: those of x at these numbers, the others 0."""
    zeros = paddle.zeros([count, *x.shape[1:]], x.dtype)
    return apply(lambda x: paddle.scatter(zeros, rows, x), lambda g, x: take(g, rows), x)
