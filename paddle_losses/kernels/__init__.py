"""Fused losses: value and gradient in one pass of native code.

Every function gives the loss, reduced, or None where it does not serve: the caller then goes on with
Paddle's operations, and those also say what is wrong with an argument. Fused are float tensors on the
CPU in eager mode, of which only the prediction needs a gradient. The loops are in ``source/``.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from numbers import Real

import paddle
from paddle import Tensor

from ._call import Unfit, constant, fused, operand, prediction, serves
from ._library import library, threads

_REDUCTIONS = {"none": 0, "sum": 1, "mean": 2}

# In the order of `losses` in source/pass.hpp.
_ELEMENTWISE = (
    "L1", "SquaredError", "Bias", "Huber", "SmoothL1", "LogCosh", "Quantile", "Bernoulli",
    "WeightedBernoulli", "ProbabilityBernoulli", "Focal", "PolyFocal", "Hinge", "SquaredHinge",
    "Exponential", "Logistic",
)  # fmt: skip
_CODES = {name: code for code, name in enumerate(_ELEMENTWISE)}


def elementwise(
    loss: str,
    input: Tensor,
    label: Tensor,
    settings: Sequence[float] = (),
    *,
    table: tuple | None = None,
    sample_weight: Tensor | None = None,
    normalizer: float | Tensor | None = None,
    reduction: str,
) -> Tensor | None:
    """A loss of one prediction and one label.

    ``table`` is a pair of further settings: two numbers; a tensor with an entry for every position of the
    last axis and a number; or two lists of such entries, where all positions of the axis share a label.
    """
    if not serves():
        return None
    try:
        x = prediction(input)
        y, repeat = _label(label, x, table)
        rows, columns = _table(table, x)
        weight = None if sample_weight is None else constant(sample_weight, x.shape)
        code, divisor = _reduction(reduction, normalizer)
    except Unfit:
        return None
    n, numbers = math.prod(x.shape), (ctypes.c_double * 4)(*settings)

    def run(value: int | None, gradient: int | None, upstream: int | None) -> int:
        return library.elementwise(
            _CODES[loss], n, *operand(x), *operand(y), repeat, numbers, _address(rows), columns,
            *operand(weight), code, _address(divisor), upstream, value, gradient, threads(),
        )  # fmt: skip

    return fused(run, x, x.shape if reduction == "none" else [], reduction == "none")


def focal(
    logit: Tensor,
    label: Tensor,
    alpha: float | None,
    gamma: float,
    poly_epsilon: float,
    sample_weight: Tensor | None,
    normalizer: float | Tensor | None,
    reduction: str,
) -> Tensor | None:
    """The sigmoid focal loss, and ``poly_epsilon`` times the next power of 1 - p."""
    factors = [1, 1] if alpha is None else [alpha, 1 - alpha]
    loss = "PolyFocal" if poly_epsilon else "Focal" if gamma or alpha is not None else "Bernoulli"
    return elementwise(
        loss, logit, label, [*factors, gamma, poly_epsilon],
        sample_weight=sample_weight, normalizer=normalizer, reduction=reduction,
    )  # fmt: skip


def mean(tensor: Tensor) -> float | None:
    """The mean of a tensor of numbers of at least 0, as a number; NaN if it holds others."""
    if not serves():
        return None
    try:
        x = constant(prediction(tensor), tensor.shape)
    except Unfit:
        return None
    n = math.prod(x.shape)
    return library.sum(*operand(x), n, threads()) / n


def _label(label: Tensor, x: Tensor, table: tuple | None) -> tuple[Tensor, int]:
    # The label, and how many consecutive predictions share one.
    if table is not None and isinstance(table[0], list):
        if x.shape[-1:] != [len(table[0])]:
            raise Unfit
        return constant(label, x.shape[:-1]), len(table[0])
    return constant(label, x.shape), 1


def _table(table: tuple | None, x: Tensor) -> tuple[object, int]:
    # Both rows in float64, one after the other, and their length.
    if table is None:
        return None, 1
    first, second = table
    if isinstance(first, Tensor):
        first = constant(first, x.shape[-1:]).astype("float64")
        return paddle.stack([first, paddle.full_like(first, second)]), x.shape[-1]
    first, second = (row if isinstance(row, list) else [row] for row in table)
    if not isinstance(first[0], Real):
        raise Unfit
    return (ctypes.c_double * (2 * len(first)))(*first, *second), len(first)


def _reduction(reduction: str, normalizer: float | Tensor | None) -> tuple[int, object]:
    # The code of the reduction, and what is to divide the sum, in float64.
    code = _REDUCTIONS.get(reduction) if isinstance(reduction, str) else None
    if code is None or (normalizer is not None and reduction != "mean"):
        raise Unfit
    if normalizer is None:
        return code, None
    if isinstance(normalizer, Real):
        return code, (ctypes.c_double * 1)(normalizer)
    if not isinstance(normalizer, Tensor) or normalizer.shape not in ([], [1]):
        raise Unfit
    return code, constant(normalizer, normalizer.shape).astype("float64")


def _address(numbers: object) -> object:
    return numbers.data_ptr() if isinstance(numbers, Tensor) else numbers
