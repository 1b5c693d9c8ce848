"""Arguments as the library takes them: contiguous tensors by address and dtype, settings in float64."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from numbers import Real

import paddle
from paddle import Tensor

# The codes of source/library.hpp, by the number of a dtype: Paddle 2.6 is slow to look up the dtype itself.
_FLOATING = {int(paddle.float32): 0, int(paddle.float64): 1, int(paddle.float16): 2, int(paddle.bfloat16): 3}
INTEGER = {
    int(dtype): 4 + k
    for k, dtype in enumerate((paddle.int64, paddle.int32, paddle.int16, paddle.int8, paddle.uint8))
}
_REAL = {**_FLOATING, **INTEGER, int(paddle.bool): 8}
_REDUCTIONS = {"none": 0, "sum": 1, "mean": 2}


class Unfit(Exception):
    """An argument that no kernel takes: the composed loss does, or says what is wrong with it."""


class Operand:
    """A contiguous tensor on the CPU."""

    __slots__ = ("code", "shape", "tensor", "version")

    def __init__(self, tensor: Tensor, dtypes: dict = _REAL) -> None:
        self.code = dtypes.get(int(tensor.dtype)) if isinstance(tensor, Tensor) else None
        if self.code is None or not tensor.is_dense() or not tensor.place.is_cpu_place():
            raise Unfit
        self.tensor = tensor if tensor.is_contiguous() else tensor.contiguous()
        self.shape, self.version = list(tensor.shape), self.tensor.inplace_version

    @property
    def parts(self) -> tuple[int, int]:
        return self.tensor.data_ptr(), self.code

    @property
    def result_dtype(self) -> paddle.dtype:
        return paddle.float64 if self.code == 1 else paddle.float32

    @property
    def is_half(self) -> bool:
        return self.code > 1

    @property
    def changed(self) -> bool:
        """Whether somebody has written into it since."""
        return self.tensor.inplace_version != self.version


class _Absent:
    """An optional tensor that is not there."""

    parts = (None, 0)
    changed = False


ABSENT = _Absent()


def prediction(tensor: object) -> Operand:
    """A tensor to fuse a loss of."""
    x = Operand(tensor, _FLOATING)
    if 0 in x.shape:
        raise Unfit
    return x


def shaped(tensor: object, shape: list[int], dtypes: dict = _REAL) -> Operand:
    """A tensor of that shape."""
    operand = Operand(tensor, dtypes)
    if operand.shape != shape:
        raise Unfit
    return operand


def constant(tensor: object, shape: list[int], dtypes: dict = _REAL) -> Operand:
    """A tensor of that shape that needs no gradient."""
    operand = shaped(tensor, shape, dtypes)
    if not tensor.stop_gradient and paddle.is_grad_enabled():
        raise Unfit
    return operand


def optional(tensor: object, shape: list[int]) -> Operand | _Absent:
    """The same, or None."""
    return ABSENT if tensor is None else constant(tensor, shape)


def numbers(values: Sequence[float]) -> ctypes.Array:
    return (ctypes.c_double * len(values))(*values)


def reduction_code(name: str) -> int:
    code = _REDUCTIONS.get(name) if isinstance(name, str) else None
    if code is None:
        raise Unfit
    return code


def divisor(normalizer: float | Tensor | None, name: str) -> object:
    """What a mean is to divide by, in float64; None for what it divides by on its own."""
    if normalizer is None:
        return None
    if name != "mean":
        raise Unfit
    if isinstance(normalizer, Real):
        return numbers([normalizer])
    operand = Operand(normalizer)
    if operand.shape not in ([], [1]):
        raise Unfit
    return constant(normalizer, operand.shape).tensor.astype("float64")


def table_of(rows: tuple | None, shape: list[int]) -> tuple[object, int]:
    """Two rows of settings in float64, one after the other, and their length."""
    if rows is None:
        return None, 1
    first, second = rows
    if isinstance(first, Tensor):
        first = constant(first, shape[-1:]).tensor.astype("float64")
        return paddle.stack([first, paddle.full_like(first, second)]), shape[-1]
    first, second = (row if isinstance(row, list) else [row] for row in rows)
    if not isinstance(first[0], Real):
        raise Unfit
    return numbers([*first, *second]), len(first)


def address(values: object) -> object:
    """Of what `divisor` and `table_of` give, and None for None."""
    return values.data_ptr() if isinstance(values, Tensor) else values
