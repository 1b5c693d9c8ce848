"""Sums and means. None has rank 0: what is reduced completely has shape [1]."""

from __future__ import annotations

import paddle
from paddle import Tensor

from ..dtypes import FLOATS, NUMBERS
from ._differentiable import quotient, total
from ._layer import layer
from ._shapes import reduced, reduced_axes
from .elementwise import truncated_quotient


@layer(NUMBERS, shape=reduced)
def reduce_sum(input: Tensor, dim=None, keep_dim=False, name=None):
    """The sum over the axes ``dim``, or over all."""
    axes = reduced_axes(input.ndim, dim)
    kept = [axis for axis in range(input.ndim) if axis not in axes]
    rows = input.transpose(axes + kept).reshape([_count(input, axes), *(input.shape[axis] for axis in kept)])
    result = total(rows)
    return result.reshape([1 if i in axes else n for i, n in enumerate(input.shape)]) if keep_dim else result


@layer(NUMBERS, shape=reduced)
def reduce_mean(input: Tensor, dim=None, keep_dim=False, name=None):
    """The mean over the axes ``dim``, or over all; of integers without what is behind the point."""
    result = reduce_sum.kernel(input, dim, keep_dim)
    count = paddle.full_like(result, _count(input, reduced_axes(input.ndim, dim)))
    return quotient(result, count) if input.is_floating_point() else truncated_quotient(result, count)


@layer(FLOATS, shape=lambda a: (1,))
def mean(x: Tensor, name=None):
    """The mean of all elements."""
    return reduce_mean.kernel(x)


def _count(x: Tensor, axes: list[int]) -> int:
    count = 1
    for axis in axes:
        count *= x.shape[axis]
    return count
