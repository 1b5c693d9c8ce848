"""Lengths, directions, distances and similarities of vectors: the last axis holds their components.

All of it is finite where a vector is zero or two are the same, where the plain formulas divide by 0: a
zero vector has no direction, and a zero distance no gradient. Sums run in float64.
"""

from __future__ import annotations

import paddle
from paddle import Tensor

from ._math import constant, held, positive_part


def length(x: Tensor, p: float = 2) -> Tensor:
    """(Σ |x|^p)^(1/p) for p >= 1, in float64; the gradient is 0 at a zero vector."""
    ratio, longest = _measured(x)
    return _root(_not_zero(_power(ratio, p).sum(-1)), p) * longest.squeeze(-1)


def _power(x: Tensor, p: float) -> Tensor:
    if p == 1:
        return x.abs()
    return x * x if p == 2 else x.abs() ** constant(p, x)


def _root(x: Tensor, p: float) -> Tensor:
    return paddle.sqrt(x) if p == 2 else paddle.exp(paddle.log(x) / constant(p, x))


def unit(x: Tensor) -> Tensor:
    """x / ‖x‖, in float64; of a zero vector, value and gradient are 0."""
    ratio, longest = _measured(x)
    total = _not_zero((ratio * ratio).sum(-1, keepdim=True))
    return ratio * (longest > 0).astype(ratio.dtype) / paddle.sqrt(total)


def _measured(x: Tensor) -> tuple[Tensor, Tensor]:
    # In units of the largest component no square overflows or vanishes.
    x = x.astype("float64")
    longest = held(x).abs().max(-1, keepdim=True)
    return x / _not_zero(longest), longest


def _not_zero(x: Tensor) -> Tensor:
    # 1 for 0; not x == 0, which is true of 1e-9 too.
    return x + (x <= 0).astype(x.dtype)


def dot(a: Tensor, b: Tensor) -> Tensor:
    """Σ a b of the vectors in the same place, in float64."""
    return (a.astype("float64") * b.astype("float64")).sum(-1)


def similarities(a: Tensor, b: Tensor) -> Tensor:
    """The product of every vector of ``a`` [N, D] with every one of ``b`` [M, D]: [N, M]."""
    return paddle.matmul(a, b, transpose_y=True)


def distances(x: Tensor) -> Tensor:
    """The Euclidean distance of every vector from every other, [N, N], in float64, without a gradient."""
    # Counted from the first: |x|² + |y|² - 2xy cancels for neighbours far out.
    x = held(x).astype("float64")
    x = x - x[:1]
    extent = _not_zero(x.abs().max())  # in units of it no square overflows
    x = x / extent
    square = (x * x).sum(-1, keepdim=True)
    return extent * paddle.sqrt(positive_part(square + square.t() - 2 * similarities(x, x)))
