"""Functions of one Variable, element by element. One decorated function is one layer."""

from __future__ import annotations

from types import SimpleNamespace

import paddle
from paddle import Tensor

from ..dtypes import ANY, FLOATS, NUMBERS, dtype_name
from . import _differentiable
from ._layer import float32, layer, whole
from ._shapes import with_axis


@layer(NUMBERS)
def abs(x: Tensor, name=None):
    """|x|, with gradient 0 at 0."""
    return paddle.abs(x)


@layer(NUMBERS, in_double=True)
def exp(x: Tensor, name=None):
    """e to the power of x."""
    return _differentiable.exp(x)


@layer(FLOATS, in_double=True)
def log(x: Tensor, name=None):
    """The natural logarithm of x."""
    return _differentiable.log(x)


@layer(FLOATS, in_double=True)
def sqrt(x: Tensor, name=None):
    """The square root of x."""
    return _differentiable.sqrt(x)


@layer(NUMBERS)
def square(x: Tensor, name=None):
    """x · x"""
    return x * x


@layer(FLOATS, in_double=True)
def sigmoid(x: Tensor, name=None):
    """1 / (1 + exp(-x))"""
    return _differentiable.sigmoid(x)


@layer(FLOATS, in_double=True)
def tanh(x: Tensor, name=None):
    """The hyperbolic tangent of x."""
    return _differentiable.tanh(x)


@layer(FLOATS)
def relu(x: Tensor, name=None):
    """max(0, x), with gradient 0 at 0; NaN stays NaN."""
    return _differentiable.select(x <= 0, paddle.zeros_like(x), x)


@layer(FLOATS, shape=with_axis, in_double=True)
def softmax(input: Tensor, use_cudnn=False, name=None, axis=-1):
    """exp(input), divided by its sum over ``axis``."""
    return _differentiable.softmax(input, axis)


@layer(FLOATS)
def clip(x: Tensor, min, max, name=None):
    """x between min and max, with gradient 0 at both; NaN stays NaN."""
    if min > max:
        raise ValueError(f"min must not be larger than max, got {min} and {max}")
    low, high = paddle.full_like(x, float32(min)), paddle.full_like(x, float32(max))
    return _differentiable.select(x <= low, low, _differentiable.select(x >= high, high, x))


@layer(NUMBERS, literal=lambda a: _scaled(a.x.constant, a))
def scale(x: Tensor, scale=1.0, bias=0.0, bias_after_scale=True, act=None, name=None):
    """scale · x + bias, or scale · (x + bias)."""
    convert = float32 if x.is_floating_point() else whole
    if bias_after_scale:
        return x * convert(scale) + convert(bias)
    return (x + convert(bias)) * convert(scale)


@layer(ANY, literal=lambda a: 1.0, differentiable=False)
def ones_like(x: Tensor, out=None):
    """1 in the shape and dtype of x."""
    return paddle.ones_like(x)


@layer(ANY, literal=lambda a: 0.0, differentiable=False)
def zeros_like(x: Tensor, out=None):
    """0 in the shape and dtype of x."""
    return paddle.zeros_like(x)


@layer(ANY, dtype=lambda a: dtype_name(a.dtype))
def cast(x: Tensor, dtype):
    """x in another dtype; what is behind the point is cut off for an integer."""
    return paddle.assign(x.astype(dtype_name(dtype)))  # never x itself


@layer(NUMBERS, in_double=True)
def pow(x: Tensor, factor=1.0, name=None):
    """x to the power of a number; `elementwise_pow` takes a Variable."""
    if not isinstance(factor, (int, float)):
        raise TypeError(f"factor must be a number, got {factor!r}; elementwise_pow takes a Variable")
    return _differentiable.power(x, paddle.full(x.shape, factor, x.dtype))


def _scaled(constant: float | None, a: SimpleNamespace) -> float | None:
    if constant is None:
        return None
    return constant * a.scale + a.bias if a.bias_after_scale else (constant + a.bias) * a.scale
