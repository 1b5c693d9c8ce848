"""The dtypes of Variables, by name."""

from __future__ import annotations

from typing import Any

import numpy as np

FLOATS = ("float32", "float64")
INTEGERS = ("int32", "int64", "int16", "int8", "uint8")
NUMBERS = (*FLOATS, "int32", "int64")  # what 1.8.5 could compute with
ANY = ("float16", *FLOATS, *INTEGERS, "bool")


def dtype_name(dtype: Any) -> str:
    """The name of a dtype given as a name, ``np.float32`` or ``np.dtype("float32")``."""
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = None
    if name not in ANY or dtype is None:
        raise TypeError(f"dtype must be one of {', '.join(ANY)}, got {dtype!r}")
    return name
