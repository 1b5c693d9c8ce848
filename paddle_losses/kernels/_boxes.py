"""Losses of two boxes."""

from __future__ import annotations

from collections.abc import Sequence

from paddle import Tensor

from ._call import fused, serves
from ._library import library, threads
from ._operands import Unfit, address, constant, divisor, numbers, prediction, reduction_code

# In the order of `losses` in source/boxes.hpp.
LOSSES = (
    "iou", "log_iou", "giou", "diou", "ciou", "eiou", "focal_eiou", "alpha_iou", "alpha_giou", "alpha_diou",
    "alpha_ciou", "riou",
)  # fmt: skip
_CODES = {name: code for code, name in enumerate(LOSSES)}


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
        y = constant(label, x.shape)
        code, by = reduction_code(reduction), divisor(normalizer, reduction)
    except Unfit:
        return None
    if x.shape[1:] != [4]:
        return None
    which, n, constants = _CODES[loss], x.shape[0], numbers(settings)

    def run(*results: int | None) -> int:
        return library.boxes(
            which, n, *x.parts, *y.parts, box_format == "cxcywh", constants, code, address(by), *results,
            threads(),
        )  # fmt: skip

    return fused(run, (x, y), [n], reduction)
