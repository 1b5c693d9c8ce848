"""From the loss of every element to what the caller asked for: mean, sum or all of them.

This is the only place that knows the three reductions, weights, masks, the normalizer and the empty
batch. Sums run in float64: in float32, ``paddle.mean`` of 2^24 equal values is up to 2 % off.
"""

from __future__ import annotations

from typing import Literal

import paddle
from paddle import Tensor

from .._tracing import given
from . import _checks

Reduction = Literal["mean", "sum", "none"]

_CHOICES = ("mean", "sum", "none")

# Before 3.0, the backward pass through an empty tensor ends the process with a segmentation fault.
_EMPTY_BACKWARD_CRASHES = int(paddle.__version__.split(".")[0] or 3) in (1, 2)


def reduce(
    function: str,
    loss: Tensor,
    reduction: Reduction,
    *,
    weight: Tensor | None = None,
    mask: Tensor | None = None,
    counts: Tensor | None = None,
    normalizer: float | Tensor | None = None,
) -> Tensor:
    """Reduce ``loss``.

    ======== =======================================================
    "none"   w · loss, element by element
    "sum"    Σ w · loss
    "mean"   Σ w · loss / Σ w · counts; or Σ w · loss / normalizer
    ======== =======================================================

    Args:
        function: the public function, for messages.
        loss: any shape. Half precision never comes here: `_checks.prediction` has raised it.
        reduction: "mean", "sum" or "none".
        weight: w, of the shape of ``loss``; 1 if None.
        mask: bool, of the shape of ``loss``. Where it is False w is 0, and the loss there is left
            out whatever it is, NaN included.
        counts: what an element counts in the mean, of the shape of ``loss``; 1 if None. It is for
            losses that have their class weight in them already, and knows no normalizer.
        normalizer: what "mean" divides by instead of Σ w. A count of 0 (no positives in the batch)
            counts as 1.

    Where Σ w · counts is 0, and for an empty ``loss``, mean and sum are 0 with zero gradient: nothing was
    weighed, nothing is learned.
    """
    _checks.option(function, _CHOICES, reduction=reduction)
    normalizer = _check_normalizer(function, normalizer, reduction)
    if given(mask):
        nothing = paddle.zeros_like(loss)
        loss = paddle.where(mask, loss, nothing)
        weight = paddle.where(mask, weight, nothing) if given(weight) else mask.astype(loss.dtype)
    if reduction == "none":
        return loss * weight if given(weight) else loss
    # The products in float64 too: w · loss may leave the range of float32 while the mean does not.
    total = _sum(loss.astype("float64") * weight.astype("float64") if given(weight) else loss)
    if reduction == "mean" and given(counts):
        counts = _sum(counts * weight if given(weight) else counts)
        total = total * (counts > 0).astype("float64") / _at_least_something(counts)
    elif reduction == "mean":
        total = total / _denominator(loss, weight, normalizer)
    return total.astype(loss.dtype)


def _denominator(loss: Tensor, weight: Tensor | None, normalizer: Tensor | None) -> Tensor:
    if not given(normalizer) and not given(weight):
        return _count(loss)
    return _at_least_something(normalizer if given(normalizer) else _sum(weight))


def _at_least_something(divisor: Tensor) -> Tensor:
    # Not divisor == 0: Paddle calls two floats equal if they differ by less than 1e-8.
    return paddle.where(divisor <= 0, paddle.ones_like(divisor), divisor)


def nothing(x: Tensor, axes: int | list[int]) -> Tensor:
    """The loss of an empty ``x``: zeros of the shape without ``axes``, led back to ``x`` if possible."""
    if not _EMPTY_BACKWARD_CRASHES:
        return x.sum(axes) * 0
    gone = [axes] if isinstance(axes, int) else axes
    shape = []
    for axis in range(len(x.shape)):
        if axis not in gone:
            shape.append(x.shape[axis])
    return paddle.zeros(shape, x.dtype)


def _sum(tensor: Tensor) -> Tensor:
    if _EMPTY_BACKWARD_CRASHES and 0 in tensor.shape:
        zero = paddle.zeros([], "float64")
        zero.stop_gradient = tensor.stop_gradient
        return zero
    # Measured: casting first makes the backward pass 3 times faster than sum(dtype="float64").
    return tensor.astype("float64").sum()


def _count(tensor: Tensor) -> Tensor:
    """The number of elements; 1 for an empty tensor, whose sum is 0."""
    count = 1
    for extent in tensor.shape:
        if extent == -1:  # a static graph: known when it runs
            return paddle.clip(paddle.numel(tensor), min=1).astype("float64")
        count *= extent
    return paddle.full([], count if count else 1, "float64")


def _check_normalizer(function: str, normalizer: float | Tensor | None, reduction: str) -> Tensor | None:
    if not given(normalizer):
        return None
    if reduction != "mean":
        raise ValueError(
            f'{function}: normalizer divides the sum when reduction is "mean"; '
            f'with reduction "{reduction}" leave it None.'
        )
    return _checks.amount(function, "normalizer", normalizer)
