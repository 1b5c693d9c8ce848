"""Losses of one prediction and one label, element by element."""

from __future__ import annotations

import math
from collections.abc import Sequence

from paddle import Tensor

from ._call import fused, serves
from ._library import library, threads
from ._operands import (
    ABSENT,
    Operand,
    Unfit,
    address,
    constant,
    divisor,
    numbers,
    optional,
    prediction,
    reduction_code,
    shaped,
    table_of,
)

# In the order of `losses` in source/pass.hpp.
LOSSES = (
    "L1", "SquaredError", "Bias", "Huber", "SmoothL1", "LogCosh", "Quantile", "Bernoulli",
    "WeightedBernoulli", "ProbabilityBernoulli", "Focal", "SquareFocal", "PolyFocal", "Hinge", "SquaredHinge",
    "Exponential", "Logistic", "Ranking",
)  # fmt: skip
_CODES = {name: code for code, name in enumerate(LOSSES)}


def elementwise(
    loss: str,
    input: Tensor,
    label: Tensor,
    settings: Sequence[float] = (),
    *,
    other: Tensor | None = None,
    table: tuple | None = None,
    sample_weight: Tensor | None = None,
    normalizer: float | Tensor | None = None,
    reduction: str,
) -> Tensor | None:
    """A loss of one prediction and one label, or of the lead of one prediction over an ``other``.

    ``table`` is a pair of further settings: two numbers; a tensor with an entry for every position of the
    last axis and a number; or two lists of such entries, where all positions of the axis share a label.
    """
    if not serves():
        return None
    try:
        x = prediction(input)
        rival = ABSENT if other is None else shaped(other, x.shape)
        y, repeat = _label(label, x, table)
        weight = optional(sample_weight, x.shape)
        rows, columns = table_of(table, x.shape)
        code, by = reduction_code(reduction), divisor(normalizer, reduction)
    except Unfit:
        return None
    which, n, constants = _CODES[loss], math.prod(x.shape), numbers(settings)

    def run(*results: int | None) -> int:
        return library.elementwise(
            which, n, *x.parts, *rival.parts, *y.parts, repeat, constants, address(rows), columns,
            *weight.parts, code, address(by), *results, threads(),
        )  # fmt: skip

    # A lead has its gradient from the arguments, but hands it on through Paddle's subtraction.
    graph = x if other is None else Operand(input - other)
    return fused(run, (graph, x, rival, y, weight), x.shape, reduction)


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
    loss = "SquareFocal" if gamma == 2 else "Focal" if gamma or alpha is not None else "Bernoulli"
    return elementwise(
        "PolyFocal" if poly_epsilon else loss, logit, label, [*factors, gamma, poly_epsilon],
        sample_weight=sample_weight, normalizer=normalizer, reduction=reduction,
    )  # fmt: skip


def mean(tensor: Tensor) -> float | None:
    """The mean of a tensor of numbers of at least 0, as a number; NaN if it holds others."""
    if not serves():
        return None
    try:
        x = constant(tensor, prediction(tensor).shape)
    except Unfit:
        return None
    n = math.prod(x.shape)
    return library.sum(*x.parts, n, threads()) / n


def _label(label: Tensor, x: Operand, table: tuple | None) -> tuple[Operand, int]:
    # The label, and how many consecutive predictions share one.
    if table is None or not isinstance(table[0], list):
        return constant(label, x.shape), 1
    if x.shape[-1:] != [len(table[0])]:
        raise Unfit
    return constant(label, x.shape[:-1]), len(table[0])
