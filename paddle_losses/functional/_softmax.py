"""The softmax over classes, sound in every row: the core of all losses that know classes.

Nothing saturates (Paddle's ``log_softmax`` stops at 64) and what is small is *relatively* accurate:
the loss of a row that is right by 20 is 2e-9, not 0, and so is its gradient. Row sums run in float64.
"""

from __future__ import annotations

import paddle
from paddle import Tensor

from .. import kernels
from .._tracing import given
from ._math import constant, held, softplus, step, wide_sum

_NOTHING = -1e30  # how far below the top a class is that is ruled out
_LOWEST = -1e37, -1e300  # no logit is below, in float32 and float64; and no difference to it overflows


def margin(x: Tensor, ids: Tensor, axis: int) -> Tensor:
    """x_y - log Σ_{k ≠ y} exp(x_k), of shape ``x`` without ``axis``: the logit of "it is class y".

    So p_y = σ(margin), and what is true of two classes serves for many: the cross entropy is
    softplus(-margin), 1 - p_y is σ(-margin), and neither loses digits where the row is right.
    """
    index = ids.unsqueeze(axis)
    return lead(paddle.take_along_axis(x, index, axis), without(x, index, axis), axis).squeeze(axis)


def lead(own: Tensor, others: Tensor, axis: int) -> Tensor:
    """own - log Σ exp(others) over ``axis``, which has extent 1 in ``own`` and keeps it."""
    best = paddle.max(held(others), axis, keepdim=True)
    # The shift is held, so that the gradient of own is 1 and no sum over the others.
    return own - best - paddle.log(row_sum(paddle.exp(others - best), axis))


def hard_cross_entropy(x: Tensor, ids: Tensor, axis: int) -> Tensor:
    """-log softmax(x)_y, of shape ``x`` without ``axis``."""
    fused = kernels.softmax("CrossEntropy", x, ids, axis=axis, reduction="none")
    if given(fused):
        return fused
    return softplus(-margin(x, ids, axis))


def soft_cross_entropy(x: Tensor, q: Tensor, axis: int) -> Tensor:
    """-Σ_k q_k log softmax(x)_k for any q_k >= 0, of shape ``x`` without ``axis``."""
    fused = kernels.softmax("CrossEntropy", x, q, axis=axis, any_share=True, reduction="none")
    if given(fused):
        return fused
    index, below, _, sure, tail = _parts(x, axis)
    total = row_sum(q, axis)
    # Where the top class is sure, its gradient (Q p - q) is (Q - q) minus what the others have of Q.
    at_top = paddle.take_along_axis(q, index, axis) - sure * total
    slope = paddle.put_along_axis(q, index, at_top, axis)
    return (total * tail - row_sum(slope * below, axis)).squeeze(axis)


def surprisal(x: Tensor, axis: int) -> Tensor:
    """-log softmax(x), of the shape of ``x``: zero or more everywhere."""
    index, below, zero, sure, tail = _parts(x, axis)
    is_top = paddle.put_along_axis(paddle.zeros_like(x), index, paddle.ones_like(sure), axis)
    return tail + (sure * zero - below) * (1 - sure * is_top)


def _parts(x: Tensor, axis: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    # log Σ exp(x_k) = x_top + tail, with tail = log(1 + rest) of the other classes.
    index = paddle.argmax(x, axis, keepdim=True)
    top = paddle.take_along_axis(x, index, axis)
    # -inf, the logit of a class that is ruled out, would be 0 · inf where it does not matter.
    below = paddle.clip(x - held(top), min=_NOTHING)
    others = row_sum(paddle.exp(without(below, index, axis)), axis)
    # Whether the top class has more than half: then its gradient is made of the others', which no
    # "1 - 1" rounds away; if not, of its own share. The value of `zero` is 0, its gradient is not.
    sure = step(1 - others)
    zero = top - held(top)
    rest = others * paddle.exp(-sure * zero) + (1 - sure) * (paddle.exp(zero) - 1)
    return index, below, zero, sure, paddle.log1p(rest)


def row_sum(x: Tensor, axis: int) -> Tensor:
    """Σ over ``axis``, which stays with extent 1."""
    return wide_sum(x, axis, keepdim=True).astype(x.dtype)


def without(x: Tensor, index: Tensor, axis: int) -> Tensor:
    """``x`` with one class of every row put out of the running, and out of the gradient."""
    nothing = constant(_LOWEST[x.dtype == paddle.float64], x)
    gone = nothing * paddle.ones_like(index).astype(x.dtype)
    return paddle.put_along_axis(x, index, gone, axis)
