"""Losses of a softmax: rows of logits, and class ids or distributions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real

from paddle import Tensor

from ._call import fused, serves
from ._library import library, threads
from ._operands import (
    ABSENT,
    INTEGER,
    Operand,
    Unfit,
    constant,
    numbers,
    optional,
    prediction,
    reduction_code,
)

# In the order of `verdict` in source/softmax.hpp.
LOSSES = ("CrossEntropy", "Focal", "Poly")
_CODES = {name: code for code, name in enumerate(LOSSES)}


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
        axis, *extents = _rows(x.shape, axis)
        rest = [*x.shape[:axis], *x.shape[axis + 1 :]]
        ids, shares = _target(label, x.shape, rest)
        keep, spread = _smoothing(label_smoothing, smoothing_mode, x.shape[axis])
        weight, factors = optional(sample_weight, rest), optional(factor, x.shape[axis : axis + 1])
        code = reduction_code(reduction)
    except Unfit:
        return None
    if loss != "CrossEntropy" and (ids is ABSENT or spread):  # those know no distributions
        return None
    if ignore_index is not None and not isinstance(ignore_index, Integral):
        return None
    ignoring = (0, 0) if ignore_index is None else (1, int(ignore_index))
    which, constants = _CODES[loss], numbers(settings)

    def run(*results: int | None) -> int:
        return library.softmax(
            which, *extents, *x.parts, *ids.parts, *shares.parts, keep, spread, any_share, *ignoring,
            *factors.parts, factor_counts, *weight.parts, constants, len(constants), code,
            *results, threads(),
        )  # fmt: skip

    return fused(run, (x, ids, shares, factors, weight), rest, reduction)


def _rows(shape: list[int], axis: int) -> tuple[int, int, int, int]:
    # The class axis counted from the front, how many rows lie before it, classes on it, and rows behind it.
    rank = len(shape)
    if not isinstance(axis, Integral) or not -rank <= axis < rank:
        raise Unfit
    axis = int(axis) % rank
    return axis, math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])


def _target(label: Tensor, shape: list[int], rest: list[int]) -> tuple[Operand, Operand]:
    # Class ids, or shares.
    if isinstance(label, Tensor) and list(label.shape) == rest:
        return constant(label, rest, INTEGER), ABSENT
    return ABSENT, constant(label, shape)


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
