"""What a loss refuses of types, shapes and settings, and the sentence it says then.

Every message names the function, the argument, what was wanted and what came. What is wrong with the
*values* of a tensor is the business of `_values.py`.
"""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

import paddle
from paddle import Tensor

from .._tracing import given
from ._math import constant
from ._values import demand, not_negative, poison

_INF = float("inf")
_HALF = (paddle.float16, paddle.bfloat16)
FLOATING = (paddle.float32, paddle.float64, *_HALF)
_INTEGER = (paddle.int64, paddle.int32, paddle.uint8, paddle.int8, paddle.int16)

# ---------------------------------------------------------------------------------------- tensors


def prediction(function: str, argument: str, tensor: Tensor) -> Tensor:
    """``tensor`` if it is a floating one, half precision raised to float32."""
    require_tensor(function, argument, tensor)
    if tensor.dtype not in FLOATING:
        raise TypeError(
            f"{function}: {argument} must be a floating tensor (float16, bfloat16, float32 or "
            f"float64), got {_name(tensor.dtype)}. Cast integers first: {argument}.astype('float32')."
        )
    return tensor.astype("float32") if tensor.dtype in _HALF else tensor


def cast(function: str, argument: str, tensor: Tensor, dtype: object) -> Tensor:
    """``tensor``, of any real dtype, in ``dtype``."""
    require_tensor(function, argument, tensor)
    if tensor.dtype not in FLOATING + _INTEGER and tensor.dtype != paddle.bool:
        raise TypeError(
            f"{function}: {argument} must be a floating, integer or bool tensor, got {_name(tensor.dtype)}."
        )
    return tensor if tensor.dtype == dtype else tensor.astype(dtype)


def companion(
    function: str, argument: str, tensor: Tensor, like: Tensor, like_argument: str = "input"
) -> Tensor:
    """``tensor`` in the dtype of ``like``, whose shape it must have exactly."""
    tensor = cast(function, argument, tensor, like.dtype)
    require_shape(function, argument, tensor, like.shape, f"the shape of {like_argument}")
    if -1 not in tensor.shape and -1 not in like.shape:
        return tensor
    # Extents are known when the graph runs. Operations that index want them equal, or may crash.
    return aligned(tensor + paddle.zeros_like(like), tensor, like)


def pair(function: str, **tensors: Tensor) -> tuple[Tensor, Tensor]:
    """A prediction and its label, of one shape and one dtype: ``pair("f", input=…, label=…)``."""
    (name, tensor), (label_name, label) = tensors.items()
    tensor = prediction(function, name, tensor)
    return tensor, companion(function, label_name, label, tensor, name)


def classes(function: str, tensor: Tensor, class_axis: int) -> tuple[Tensor, int]:
    """A `prediction` called input, and its class axis counted from the front."""
    tensor = prediction(function, "input", tensor)
    return tensor, axis(function, class_axis, tensor)


def with_last_axis(function: str, argument: str, tensor: Tensor, like: Tensor, like_argument: str) -> int:
    """The extent of the one axis that ``tensor`` has more than ``like``; at least 1."""
    extent = tensor.shape[-1] if len(tensor.shape) else 0
    if extent < 1 and 0 not in like.shape:
        raise ValueError(
            f"{function}: {argument} must have the shape of {like_argument} and one more axis of a known "
            f"extent, at least 1, got {list(tensor.shape)}. Nothing is broadcast here."
        )
    require_shape(
        function,
        argument,
        tensor,
        [*like.shape, extent],
        f"the shape of {like_argument} and one more axis",
    )
    return extent


def rank(function: str, argument: str, tensor: Tensor, axes: int, wanted: str) -> None:
    """Refuse a tensor that has not as many axes: ``rank("f", "embedding", …, 2, "[N, D]")``."""
    if len(tensor.shape) != axes:
        raise ValueError(f"{function}: {argument} must have the shape {wanted}, got {list(tensor.shape)}.")


def weights(function: str, sample_weight: Tensor | None, like: Tensor) -> Tensor | None:
    """A non-negative weight for every element of ``like``; None stays None."""
    if not given(sample_weight):
        return None
    weight = companion(function, "sample_weight", sample_weight, like, "the prediction")
    return not_negative(function, "sample_weight", weight)


def per_class(function: str, argument: str, value: float | Tensor, like: Tensor) -> Tensor:
    """A non-negative factor: one number, or a tensor with one entry per position of the last axis."""
    if isinstance(value, Real):
        number(function, "[0, inf)", **{argument: value})
        return constant(value, like)
    if not is_tensor(value):
        raise TypeError(
            f"{function}: {argument} must be a number in [0, inf) or a tensor with one entry per "
            f"position of the last axis, got {type(value).__name__}."
        )
    meaning = "one entry per position of the last axis (or be a plain number)"
    require_shape(function, argument, value, like.shape[-1:], meaning)
    value = not_negative(function, argument, cast(function, argument, value, like.dtype))
    value = aligned(value, value, like, slice(-1, None))
    return constant(0, like) if 0 in like.shape else value  # nothing to multiply


def amount(function: str, argument: str, value: float | Tensor) -> Tensor:
    """A number, or a tensor of one, that is finite and at least 0; in float64 and as shape []."""
    if isinstance(value, Real):
        number(function, "[0, inf)", **{argument: value})
        return paddle.full([], value, "float64")
    if not is_tensor(value):
        raise TypeError(
            f"{function}: {argument} must be a number or a tensor of one, got {type(value).__name__}."
        )
    value = one(function, argument, value)
    ok = paddle.logical_and(value >= 0, value < _INF)
    return demand(function, argument, value, ok, "be a finite number of at least 0")


def one(function: str, argument: str, tensor: Tensor) -> Tensor:
    """A tensor of one element, in float64 and as shape []."""
    require_tensor(function, argument, tensor)
    if _shapes_differ(tensor.shape, []) and _shapes_differ(tensor.shape, [1]):
        raise ValueError(
            f"{function}: {argument} must be one number, got a tensor of shape {list(tensor.shape)}."
        )
    return cast(function, argument, tensor, "float64").reshape([])


def integer(function: str, argument: str, tensor: Tensor) -> None:
    """Refuse a tensor that does not hold integers."""
    require_tensor(function, argument, tensor)
    if tensor.dtype not in _INTEGER:
        raise TypeError(
            f"{function}: {argument} must hold integer class ids, got {_name(tensor.dtype)}. "
            f"Cast it first: {argument}.astype('int64')."
        )


def require_shape(function: str, argument: str, tensor: Tensor, shape, meaning: str) -> None:
    """Refuse ``tensor`` unless it has ``shape``; an extent of -1 is not known yet and fits any."""
    if _shapes_differ(tensor.shape, shape):
        raise ValueError(
            f"{function}: {argument} must have {meaning}, {list(shape)}, got {list(tensor.shape)}. "
            "Nothing is broadcast here: reshape one of them."
        )


def aligned(result: Tensor, tensor: Tensor, like: Tensor, axes: slice | None = None) -> Tensor:
    """``result``, turned into NaN if extents that a static graph does not know differ when it runs:
    those of ``tensor`` from those of ``like``, or from those of some of its ``axes``."""
    if -1 not in tensor.shape and -1 not in like.shape:
        return result
    extents = paddle.shape(like) if axes is None else paddle.shape(like)[axes]
    return poison(result, (paddle.shape(tensor) == extents).all())


def _shapes_differ(first, second) -> bool:
    if len(first) != len(second):
        return True
    for axis in range(len(first)):
        if first[axis] != second[axis] and first[axis] != -1 and second[axis] != -1:
            return True
    return False


def is_tensor(value: Any) -> bool:
    # Values of a PIR program are no paddle.Tensor, so ask for what all kinds of tensors have.
    # The Variables of compat.fluid have no ndim, as they had none in fluid.
    return hasattr(value, "stop_gradient") and hasattr(value, "ndim")


def require_tensor(function: str, argument: str, value: Any) -> None:
    if not is_tensor(value):
        raise TypeError(
            f"{function}: {argument} must be a paddle.Tensor, got {type(value).__name__}. "
            f"Convert it first: paddle.to_tensor({argument})."
        )


def _name(dtype: object) -> str:
    return str(dtype).replace("paddle.", "")


# --------------------------------------------------------------------------------------- settings

_INTERVALS = {  # low, high, whether each end belongs to it
    "(0, inf)": (0, _INF, False, False),
    "[0, inf)": (0, _INF, True, False),
    "[1, inf)": (1, _INF, True, False),
    "(0, 1)": (0, 1, False, False),
    "[0, 1]": (0, 1, True, True),
    "[0, 1)": (0, 1, True, False),
    "(0, 1]": (0, 1, False, True),
    "(0, 0.5)": (0, 0.5, False, False),
    "[0, pi/2]": (0, math.pi / 2, True, True),
    "(-inf, inf)": (-_INF, _INF, False, False),
}


def number(function: str, interval: str, **settings: float) -> None:
    """Refuse a setting that is not a number in the interval: ``number("f", "(0, inf)", delta=…)``."""
    low, high, low_belongs, high_belongs = _INTERVALS[interval]
    for name, value in settings.items():
        if not isinstance(value, Real) or isinstance(value, bool):
            raise TypeError(f"{function}: {name} must be a number in {interval}, got {type(value).__name__}.")
        above = low <= value if low_belongs else low < value
        below = value <= high if high_belongs else value < high
        if not (above and below):
            raise ValueError(f"{function}: {name} must be a number in {interval}, got {value}.")


def count(function: str, least: int, **settings: int) -> None:
    """Refuse a setting that is not an integer of at least ``least``."""
    for name, value in settings.items():
        if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
            raise ValueError(f"{function}: {name} must be an integer of at least {least}, got {value!r}.")


def whole(function: str, **settings: int) -> None:
    """Refuse a setting that is not an integer."""
    for name, value in settings.items():
        if not isinstance(value, Integral) or isinstance(value, bool):
            raise TypeError(f"{function}: {name} must be an integer, got {value!r}.")


def axis(function: str, axis: int, tensor: Tensor) -> int:
    """``axis`` counted from the front; refused unless ``tensor`` has it."""
    rank = len(tensor.shape)
    if rank == 0:
        raise ValueError(f"{function}: input must have a class axis, got a tensor of shape [].")
    if not isinstance(axis, Integral) or not -rank <= axis < rank:
        raise ValueError(
            f"{function}: axis must be an integer from {-rank} to {rank - 1} for an input of shape "
            f"{list(tensor.shape)}, got {axis!r}."
        )
    return int(axis) % rank


def switch(function: str, **settings: bool) -> None:
    """Refuse a setting that is not True or False."""
    for name, value in settings.items():
        if not isinstance(value, bool):
            raise TypeError(f"{function}: {name} must be True or False, got {value!r}.")


def option(function: str, choices: tuple[str, ...], **settings: str) -> None:
    """Refuse a setting that is none of ``choices``."""
    for name, value in settings.items():
        if not isinstance(value, str) or value not in choices:
            listed = ", ".join([repr(choice) for choice in choices])
            raise ValueError(f"{function}: {name} must be one of {listed}, got {value!r}.")
