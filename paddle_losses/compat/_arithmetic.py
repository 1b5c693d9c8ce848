"""The arithmetic behind the documents' printed numbers.

One principle gives all eleven printed lines, whatever the vector width of the CPU:

1. A Python literal stays double until it meets data: ``np.e * ones_like(x)`` is the double e, and a
   power with a constant base is computed in double.
2. ``exp``, ``log`` and ``pow`` are evaluated in double and rounded once to float32. The float32
   kernels of a library differ in the last bit between vector widths; a rounded double result does
   not.
3. Everything else is float32, one rounding per operation: the documents' clipped cross entropies
   carry the rounding of ``clip`` and ``1 - pred``, and float64 throughout would lose it.
4. Sums are float32 from left to right, and a mean divides the sum: the product with 1/n gives another
   Huber loss, and a sum in double another cross entropy. Only a long sum (see `LONG`) is in double,
   rounded once: a million float32 additions would be off by a percent.

Paddle 1.8.5 on a current CPU prints one unit in the last place less for log-cosh, 1.2114437, because
it rounds e to float32 first. The document's 1.2114438 is also the exact value, rounded.
"""

from __future__ import annotations

import math
from typing import Callable

import paddle
from paddle import Tensor

from ..functional._math import constant

E = math.e
LONG = 1000


def log(x: Tensor) -> Tensor:
    return in_double(paddle.log, x)


def power(x: Tensor, exponent: float) -> Tensor:
    return in_double(lambda wide: paddle.pow(wide, exponent), x)


def exponential(base: float, x: Tensor) -> Tensor:
    """``base`` to the power of ``x``, for a constant base."""
    return in_double(lambda wide: paddle.pow(constant(base, wide), wide), x)


def clip(x: Tensor, low: float, high: float) -> Tensor:
    """``x`` between ``low`` and ``high``, with gradient 0 at both; NaN stays NaN."""
    # The gradient of paddle.clip at an edge is 0 or 1, by Paddle's version; in fluid it was 0.
    low, high = paddle.full_like(x, low), paddle.full_like(x, high)
    return paddle.where(x <= low, low, paddle.where(x >= high, high, x))


def mean(x: Tensor) -> Tensor:
    """The mean of all elements, with shape [1]: fluid had no tensors of rank 0."""
    if 0 in x.shape:
        return paddle.zeros([1], x.dtype)
    return total(x.flatten()).reshape([1]) / paddle.numel(x).astype(x.dtype)


def total(x: Tensor) -> Tensor:
    """The sum over the first axis, from left to right."""
    if x.shape[0] > LONG and x.is_floating_point():
        return in_double(lambda wide: wide.sum(axis=0), x)
    # A running sum has a defined order; that of paddle.sum depends on the vector width.
    return paddle.cumsum(x, axis=0)[-1]


def in_double(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return function(x.astype("float64")).astype(x.dtype)
