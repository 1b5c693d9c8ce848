"""Arithmetic and comparison of two Variables. One decorated function is one layer."""

from __future__ import annotations

import functools
from typing import Callable

import paddle
from paddle import Tensor

from ..dtypes import NUMBERS
from ..framework import Variable
from ._differentiable import power, quotient, select
from ._layer import layer
from ._shapes import aligned, check_left, common_shape, left, padded

Kernel = Callable[[Tensor, Tensor], Tensor]


def elementwise(kernel: Kernel, differentiable: bool = True) -> Callable[..., Variable]:
    """A layer over two Variables; ``axis`` is where the one of lower rank starts, -1 at the end."""

    def apply(x: Tensor, y: Tensor, axis=-1, act=None, name=None):
        x, y = align(x, y, axis)
        return kernel(x, y) if 0 not in x.shape else x  # Paddle 2.6 computes nothing with empty tensors

    return _named_like(kernel, apply, layer(NUMBERS, shape=aligned, differentiable=differentiable))


undifferentiated = functools.partial(elementwise, differentiable=False)


def comparison(kernel: Kernel) -> Callable[..., Variable]:
    """A layer whose result is bool and has the shape of ``x``."""

    def apply(x: Tensor, y: Tensor, cond=None, *, axis=-1):
        return compare(kernel, x, y, axis)

    return _named_like(
        kernel, apply, layer(NUMBERS, shape=left, dtype=lambda a: "bool", differentiable=False)
    )


def compare(kernel: Kernel, x: Tensor, y: Tensor, axis: int) -> Tensor:
    wide, narrow = align(x, y, axis)
    check_left(x.shape, wide.shape)
    return kernel(wide, narrow) if 0 not in wide.shape else paddle.zeros(wide.shape, "bool")


def align(x: Tensor, y: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Both in their common shape."""
    shapes = padded(x.shape, y.shape, axis)
    common = list(common_shape(*shapes))
    if 0 in common:
        return paddle.zeros(common, x.dtype), paddle.zeros(common, x.dtype)
    return tuple(
        tensor if tensor.shape == common else tensor.reshape(shape).expand(common)
        for tensor, shape in zip((x, y), shapes)
    )


def _named_like(kernel: Kernel, apply: Callable, decorate: Callable) -> Callable[..., Variable]:
    apply.__name__, apply.__doc__ = kernel.__name__, kernel.__doc__
    return decorate(apply)


@elementwise
def elementwise_add(x, y):
    """x + y"""
    return x + y


@elementwise
def elementwise_sub(x, y):
    """x - y"""
    return x - y


@elementwise
def elementwise_mul(x, y):
    """x · y"""
    return x * y


@elementwise
def elementwise_div(x, y):
    """x / y, for integers without what is behind the point."""
    return quotient(x, y) if x.is_floating_point() else truncated_quotient(x, y)


@elementwise
def elementwise_min(x, y):
    """The smaller of x and y; where they are equal, the gradient is y's."""
    return select(x < y, x, y)


@elementwise
def elementwise_max(x, y):
    """The larger of x and y; where they are equal, the gradient is y's."""
    return select(x > y, x, y)


@layer(NUMBERS, shape=aligned, in_double=True)
def elementwise_pow(x: Tensor, y: Tensor, axis=-1, act=None, name=None):
    """x to the power of y."""
    return power(*align(x, y, axis))


@undifferentiated
def elementwise_mod(x, y):
    """The rest of x / y, with the sign of y, for integers with the sign of x."""
    return x % y if x.is_floating_point() else x - y * truncated_quotient(x, y)


@undifferentiated
def elementwise_floordiv(x, y):
    """x / y of integers without what is behind the point, which for negative numbers is not the floor."""
    if x.is_floating_point():
        raise TypeError("elementwise_floordiv wants integers")
    return truncated_quotient(x, y)


@comparison
def equal(x, y):
    """x = y; floating-point numbers closer than 1e-8 count as equal."""
    return (x == y) | ((x - y).abs() < 1e-8) if x.is_floating_point() else x == y


@comparison
def not_equal(x, y):
    """x ≠ y; floating-point numbers closer than 1e-8 count as equal."""
    return ~equal.kernel(x, y)


@comparison
def greater_than(x, y):
    """x > y"""
    return x > y


@comparison
def greater_equal(x, y):
    """x ≥ y"""
    return x >= y


@comparison
def less_equal(x, y):
    """x ≤ y"""
    return x <= y


@layer(NUMBERS, shape=left, dtype=lambda a: "bool", differentiable=False)
def less_than(x: Tensor, y: Tensor, force_cpu=None, cond=None, *, axis=-1):
    """x < y"""
    return compare(lambda x, y: x < y, x, y, axis)


def truncated_quotient(x: Tensor, y: Tensor) -> Tensor:
    """The quotient of integers, rounded toward zero."""
    if bool((y == 0).any()):
        raise ValueError("integer division by zero")
    quotient = paddle.floor_divide(x.abs(), y.abs())
    return paddle.where((x < 0) == (y < 0), quotient, -quotient)
