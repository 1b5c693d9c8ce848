"""The density of gradients: how many elements are how hard, and what that makes of their weights.

Hardness is the size of an element's gradient, in [0, 1] and a constant; it is counted in bins of equal
width.
"""

from __future__ import annotations

import paddle
from paddle import Tensor

from .._tracing import given
from . import _checks, _labels, _values
from ._math import at_least, held, hypotenuse, sigmoid
from ._precision import full_precision


def classification_hardness(x: Tensor, y: Tensor) -> Tensor:
    """|σ(x) - y|, the gradient of the cross entropy of two classes."""
    return (sigmoid(held(x)) - held(y)).abs()


def regression_hardness(error: Tensor, mu: float) -> Tensor:
    """|e| / sqrt(e² + μ²), the gradient of the rounded absolute error."""
    return held(error).abs() / hypotenuse(held(error), mu)


@full_precision
def classification_counts(logit: Tensor, label: Tensor, bins: int) -> Tensor:
    """What a batch adds to the running density of ``ghm_classification_loss``."""
    logit, label = _checks.pair("ghm_classification_loss", logit=logit, label=label)
    label = _values.shares("ghm_classification_loss", "label", label)
    if 0 in logit.shape:
        return paddle.zeros([bins], "float64")
    return counts_per_bin(classification_hardness(logit, label), bins)


@full_precision
def regression_counts(input: Tensor, label: Tensor, mu: float, bins: int) -> Tensor:
    """What a batch adds to the running density of ``ghm_regression_loss``."""
    input, label = _checks.pair("ghm_regression_loss", input=input, label=label)
    if 0 in input.shape:
        return paddle.zeros([bins], "float64")
    return counts_per_bin(regression_hardness(label - input, mu), bins)


def counts_per_bin(hardness: Tensor, bins: int) -> Tensor:
    """How many elements fall into each bin, [bins], float64; NaN falls into none."""
    counted = paddle.logical_not(paddle.isnan(hardness)).astype("float64").flatten()
    return paddle.scatter_nd_add(
        paddle.zeros([bins], "float64"), _bin(hardness, bins).flatten().unsqueeze(-1), counted
    )


def harmony(hardness: Tensor, density: Tensor | None, bins: int) -> Tensor:
    """N / (count of the bin · bins that are not empty) for every element."""
    counts = density if given(density) else counts_per_bin(hardness, bins)
    crowd = _labels.of_class(counts, _bin(hardness, bins))
    crowd = paddle.where(crowd > 0, crowd, paddle.ones_like(crowd))
    occupied = at_least(1, (counts > 0).astype("float64").sum())
    return (counts.sum() / (crowd * occupied)).astype(hardness.dtype)


def _bin(hardness: Tensor, bins: int) -> Tensor:
    known = paddle.where(paddle.isnan(hardness), paddle.zeros_like(hardness), hardness)
    return paddle.clip((known * bins).astype("int64"), 0, bins - 1)
