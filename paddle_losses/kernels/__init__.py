"""Fused losses: value and gradient in one pass of native code.

Every function gives the loss, reduced, or None where it does not serve: the caller then goes on with
Paddle's operations, and those also say what is wrong with an argument. Fused are float tensors on the
CPU in eager mode, of which only the prediction needs a gradient. The loops are in ``source/``.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from numbers import Integral, Real

import paddle
from paddle import Tensor

from ._call import INTEGER, Unfit, constant, fused, operand, prediction, serves
from ._library import library, threads

_REDUCTIONS = {"none": 0, "sum": 1, "mean": 2}

# In the order of `losses` in source/pass.hpp.
_ELEMENTWISE = (
    "L1", "SquaredError", "Bias", "Huber", "SmoothL1", "LogCosh", "Quantile", "Bernoulli",
    "WeightedBernoulli", "ProbabilityBernoulli", "Focal", "SquareFocal", "PolyFocal", "Hinge", "SquaredHinge",
    "Exponential", "Logistic",
)  # fmt: skip
# In the order of `verdict` in source/softmax.hpp.
_SOFTMAX = {"CrossEntropy": 0, "Focal": 1, "Poly": 2}
# In the order of `losses` in source/boxes.hpp.
_BOXES = (
    "iou", "log_iou", "giou", "diou", "ciou", "eiou", "focal_eiou", "alpha_iou", "alpha_giou", "alpha_diou",
    "alpha_ciou", "riou",
)  # fmt: skip
_CODES = {name: code for names in (_ELEMENTWISE, _BOXES) for code, name in enumerate(names)}


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
    loss = "SquareFocal" if gamma == 2 else "Focal" if gamma or alpha is not None else "Bernoulli"
    return elementwise(
        "PolyFocal" if poly_epsilon else loss, logit, label, [*factors, gamma, poly_epsilon],
        sample_weight=sample_weight, normalizer=normalizer, reduction=reduction,
    )  # fmt: skip


def softmax(
    loss: str,
    input: Tensor,
    label: Tensor,
    settings: Sequence[float] = (),
    *,
    axis: int,
    factor: Tensor | None = None,
    factor_counts: bool = True,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    smoothing_mode: str = "uniform",
    any_share: bool = False,
    sample_weight: Tensor | None = None,
    reduction: str,
) -> Tensor | None:
    """A loss of rows of logits, with class ids or distributions as label.

    ``factor`` has an entry for every class, which also counts in the mean if ``factor_counts``;
    ``any_share`` allows labels that are no distributions.
    """
    if not serves():
        return None
    try:
        x = prediction(input)
        axis, outer, classes, inner = _rows(x, axis)
        rest = [*x.shape[:axis], *x.shape[axis + 1 :]]
        ids, shares = _target(label, x, rest)
        keep, spread = _smoothing(label_smoothing, smoothing_mode, classes)
        weight = None if sample_weight is None else constant(sample_weight, rest)
        factors = None if factor is None else constant(factor, [classes])
        code, _ = _reduction(reduction, None)
        if loss != "CrossEntropy" and (shares is not None or spread):
            return None
        if ignore_index is not None and not isinstance(ignore_index, Integral):
            return None
    except Unfit:
        return None
    ignoring, ignored = (0, 0) if ignore_index is None else (1, int(ignore_index))
    numbers = (ctypes.c_double * len(settings))(*settings)

    def run(value: int | None, gradient: int | None, upstream: int | None) -> int:
        return library.softmax(
            _SOFTMAX[loss], outer, classes, inner, *operand(x), *operand(ids), *operand(shares), keep, spread,
            any_share, ignoring, ignored, *operand(factors), factor_counts, *operand(weight), numbers,
            len(settings), code, upstream, value, gradient, threads(),
        )  # fmt: skip

    return fused(run, x, rest if reduction == "none" else [], reduction == "none")


def boxes(
    loss: str,
    input: Tensor,
    label: Tensor,
    box_format: str,
    settings: Sequence[float],
    normalizer: float | Tensor | None,
    reduction: str,
) -> Tensor | None:
    """A loss of predicted and target boxes [N, 4]; ``settings``: epsilon, and what the loss has besides."""
    if not serves():
        return None
    try:
        x = prediction(input)
        if x.shape[1:] != [4]:
            raise Unfit
        y = constant(label, x.shape)
        code, divisor = _reduction(reduction, normalizer)
    except Unfit:
        return None
    n, numbers = x.shape[0], (ctypes.c_double * 2)(*settings)

    def run(value: int | None, gradient: int | None, upstream: int | None) -> int:
        return library.boxes(
            _CODES[loss], n, *operand(x), *operand(y), box_format == "cxcywh", numbers, code,
            _address(divisor), upstream, value, gradient, threads(),
        )  # fmt: skip

    return fused(run, x, [n] if reduction == "none" else [], reduction == "none")


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


def _rows(x: Tensor, axis: int) -> tuple[int, int, int, int]:
    # The class axis counted from the front, and how many rows lie before it, classes on it, and rows behind.
    rank = len(x.shape)
    if not isinstance(axis, Integral) or not -rank <= axis < rank:
        raise Unfit
    axis = int(axis) % rank
    return axis, math.prod(x.shape[:axis]), x.shape[axis], math.prod(x.shape[axis + 1 :])


def _target(label: Tensor, x: Tensor, rest: list[int]) -> tuple[Tensor | None, Tensor | None]:
    # Class ids, or shares.
    if isinstance(label, Tensor) and label.shape == rest:
        return constant(label, rest, INTEGER), None
    return None, constant(label, x.shape)


def _smoothing(smoothing: float, mode: str, classes: int) -> tuple[float, float]:
    # What is kept of a share, and what is added to it; see `smooth` in functional/_labels.py.
    if not isinstance(smoothing, Real) or isinstance(smoothing, bool) or not 0 <= smoothing <= 1:
        raise Unfit
    if smoothing == 0:
        return 1, 0
    if classes < 2 or mode not in ("uniform", "off_target"):
        raise Unfit
    if mode == "uniform":
        return 1 - smoothing, smoothing / classes
    spread = smoothing / (classes - 1)
    return 1 - smoothing - spread, spread


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
