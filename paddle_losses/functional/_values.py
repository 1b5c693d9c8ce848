"""Wrong values: a class id that does not exist, a 0/1 label where -1/1 is meant.

They can only be seen by reading the tensor. So they raise in eager mode on CPU; in static graphs and
on devices, where reading would stall the run, such elements become NaN, never a plausible number.
"""

from __future__ import annotations

import paddle
from paddle import Tensor

from .._switches import set_value_checks
from .._tracing import in_sot

# Probabilities may leave [0, 1] by this much: sums of float32 shares do.
_PROBABILITY_SLACK = 1e-6


def verify(function: str, argument: str, tensor: Tensor, ok: Tensor, wanted: str) -> None:
    """Raise where ``ok`` is False, if values may be read here; if not, it is up to `poison`."""
    if _may_read(tensor) and 0 not in tensor.shape and not bool(ok.all()):
        raise ValueError(f"{function}: {argument} must {wanted}, got {_first(tensor, ok)}.")


def is_true_everywhere(ok: Tensor) -> bool:
    """Whether ``ok`` is known to hold everywhere; False where that may not be read."""
    return _may_read(ok) and bool(ok.all())


def poison(tensor: Tensor, ok: Tensor) -> Tensor:
    """``tensor`` with NaN wherever ``ok`` is False, unless `verify` has read that it nowhere is."""
    if _may_read(tensor):
        return tensor
    # 1/1 or 0/0. A NaN constant would do, but a saved PIR program that holds one cannot be loaded.
    ok = ok.astype(tensor.dtype)
    return tensor * (ok / ok)


def demand(function: str, argument: str, tensor: Tensor, ok: Tensor, wanted: str) -> Tensor:
    """`verify`, then `poison`: for floating tensors."""
    verify(function, argument, tensor, ok, wanted)
    return poison(tensor, ok)


def not_negative(function: str, argument: str, tensor: Tensor) -> Tensor:
    """Weights: any number from 0 on."""
    return demand(function, argument, tensor, tensor >= 0, "not be negative or NaN anywhere")


def signs(function: str, argument: str, tensor: Tensor) -> Tensor:
    """Labels -1 and 1."""
    wanted = f"be -1 or 1 everywhere (turn 0/1 labels into them with 2 * {argument} - 1)"
    return demand(function, argument, tensor, tensor.abs() == 1, wanted)


def shares(function: str, argument: str, tensor: Tensor, hint: str = "") -> Tensor:
    """Labels in [0, 1], hard or soft; the hint says how to make them from what is usual instead."""
    ok = (tensor - 0.5).abs() <= 0.5 + _PROBABILITY_SLACK
    hint = hint or f"turn -1/1 labels into 0/1 with ({argument} + 1) / 2"
    return demand(function, argument, tensor, ok, f"lie in [0, 1] everywhere ({hint})")


def probabilities(function: str, argument: str, tensor: Tensor) -> Tensor:
    """Predicted probabilities; unlike a label, a prediction may be NaN and is then handed on."""
    ok = paddle.logical_not((tensor - 0.5).abs() > 0.5 + _PROBABILITY_SLACK)
    wanted = "lie in [0, 1] everywhere (logits belong to the function whose name ends in _with_logits)"
    return demand(function, argument, tensor, ok, wanted)


def _may_read(tensor: Tensor) -> bool:
    if in_sot() or not set_value_checks.on or not paddle.in_dynamic_mode():
        return False
    return tensor.place.is_cpu_place()


def _first(tensor: Tensor, ok: Tensor) -> str:
    index = paddle.nonzero(paddle.logical_not(ok))[0].tolist() if tensor.ndim else []
    value = tensor[tuple(index)].item() if index else tensor.item()
    return f"{value if isinstance(value, int) else format(value, 'g')} at index {index}"
