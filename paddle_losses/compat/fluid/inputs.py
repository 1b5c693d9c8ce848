"""Inputs of a program: ``fluid.data``, and the older ``fluid.layers.data``."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from .dtypes import dtype_name
from .framework import Variable, default_main_program


def data(name: str, shape: Sequence[int | None], dtype: Any = "float32", lod_level: int = 0) -> Variable:
    """Declare an input, to be fed when the program runs.

    Args:
        name (str): the key in ``feed``.
        shape (list|tuple): None or -1 where the extent is free.
        dtype (str): such as ``"float32"``.
        lod_level (int): 0; sequences of varying length are not covered.

    Returns:
        Variable: with ``stop_gradient=True``.

    Raises:
        TypeError: an argument is of another kind.
        ValueError: the name has been declared with another shape or dtype, or lod_level is not 0.
    """
    return _declare("fluid.data", name, shape, dtype, lod_level)


def layers_data(
    name: str,
    shape: Sequence[int | None],
    append_batch_size: bool = True,
    dtype: Any = "float32",
    lod_level: int = 0,
    type: None = None,
    stop_gradient: bool = True,
) -> Variable:
    """Declare an input whose first axis, the batch, is not among ``shape``.

    Args:
        name, shape, dtype, lod_level: as for ``fluid.data``.
        append_batch_size (bool): put a free axis before ``shape``, unless ``shape`` has a free axis itself.
        type: not covered.
        stop_gradient (bool): no gradient is wanted of it.
    """
    if type is not None:
        raise NotImplementedError("fluid.layers.data: type is not covered; leave it out")
    free = any(n in (None, -1) for n in shape)
    whole = [-1, *shape] if append_batch_size and not free else shape
    variable = _declare("fluid.layers.data", name, whole, dtype, lod_level)
    variable.stop_gradient = stop_gradient
    return variable


def _declare(function: str, name: str, shape: Sequence[int | None], dtype: Any, lod_level: int) -> Variable:
    if not isinstance(name, str):
        raise TypeError(f"{function}: name must be a string, got {name!r}")
    if not isinstance(shape, (list, tuple)):
        raise TypeError(f"{function}: shape must be a list or a tuple, got {shape!r}")
    if lod_level != 0:
        raise ValueError(f"{function}: lod_level must be 0, sequences of varying length are not covered")
    try:
        shape, dtype = tuple(-1 if n is None else operator.index(n) for n in shape), dtype_name(dtype)
    except TypeError as error:
        raise TypeError(f"{function}: {error}") from None
    block = default_main_program().global_block()
    if not block.has_var(name):
        return block.create_var(name, shape, dtype, stop_gradient=True)
    variable = block.var(name)
    if (variable.shape, variable.dtype) != (shape, dtype):
        raise ValueError(
            f"{function}: {name!r} has been declared before, as {variable.dtype} {list(variable.shape)}, "
            f"not {dtype} {list(shape)}"
        )
    variable.stop_gradient = True
    return variable
