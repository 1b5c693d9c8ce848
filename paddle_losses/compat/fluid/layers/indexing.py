"""``x[…]``: the layer behind indexing a Variable."""

from __future__ import annotations

import operator
from typing import Any

import paddle
from paddle import Tensor

from ..dtypes import ANY
from ._layer import layer
from ._shapes import indexed


@layer(ANY, shape=indexed)
def index(x: Tensor, item):
    """Part of x."""
    for axis, entry in enumerate(item):
        if not isinstance(entry, slice) and not -x.shape[axis] <= entry < x.shape[axis]:
            raise ValueError(f"index {entry} is outside axis {axis} of shape {list(x.shape)}")
    return paddle.assign(x[item])  # x[:] may be x itself, but gradients tell the two apart


def as_items(item: Any) -> tuple[int | slice, ...]:
    """What stands in the brackets, as integers and slices."""
    return tuple(map(_item, item if isinstance(item, tuple) else (item,)))


def _item(entry: Any) -> int | slice:
    if isinstance(entry, slice):
        return slice(
            *(None if part is None else _whole(part) for part in (entry.start, entry.stop, entry.step))
        )
    return _whole(entry)


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"a fluid Variable is indexed with integers and slices, got {number!r}")
    return operator.index(number)
