"""Shapes of results, known before anything is computed. -1 is an extent that only the run will tell."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

Shape = "tuple[int, ...]"


def like_first(a: SimpleNamespace) -> Shape:
    """The shape of the first input."""
    return a.first.shape


def with_axis(a: SimpleNamespace) -> Shape:
    """The shape of the first input, which must have the axis ``axis``."""
    rank = len(a.first.shape)
    if not -rank <= a.axis < rank:
        raise ValueError(f"axis must be between {-rank} and {rank - 1}, got {a.axis}")
    return a.first.shape


def aligned(a: SimpleNamespace) -> Shape:
    """The common shape of ``x`` and ``y``, which must have one dtype."""
    if a.x.dtype != a.y.dtype:
        raise TypeError(f"x and y must have one dtype, got {a.x.dtype} and {a.y.dtype}; cast converts one")
    return common_shape(*padded(a.x.shape, a.y.shape, a.axis))


def left(a: SimpleNamespace) -> Shape:
    """The shape of ``x``, which ``y`` has to fit: the left side of a comparison is not broadcast."""
    check_left(a.x.shape, aligned(a))
    return a.x.shape


def reduced(a: SimpleNamespace) -> Shape:
    """The shape without the axes ``dim``, or with 1 for them; [1] if none is left."""
    axes = reduced_axes(len(a.input.shape), a.dim)
    kept = [1 if i in axes else n for i, n in enumerate(a.input.shape) if a.keep_dim or i not in axes]
    return tuple(kept) or (1,)


def indexed(a: SimpleNamespace) -> Shape:
    """The shape of ``x[item]``."""
    items = list(a.item) + [slice(None)] * (len(a.x.shape) - len(a.item))
    if len(items) > len(a.x.shape):
        raise ValueError(f"{len(items)} indices for shape {list(a.x.shape)}")
    extents = [_extent(n, item) for n, item in zip(a.x.shape, items)]
    return tuple(n for n in extents if n is not None) or (1,)


def padded(x: Sequence[int], y: Sequence[int], axis: int) -> tuple[list[int], list[int]]:
    """Both shapes at one rank: the shorter one starts at ``axis`` of the longer, -1 is at its end."""
    x, y = list(x), list(y)
    if x == y:
        return x, y
    if len(x) < len(y):
        y, x = padded(y, x, axis)
        return x, y
    start = len(x) - len(y) if axis == -1 else axis
    if not 0 <= start <= len(x) - len(y):
        raise ValueError(f"axis={axis} leaves no place for shape {y} in shape {x}")
    return x, [1] * start + y + [1] * (len(x) - len(y) - start)


def common_shape(x: Sequence[int], y: Sequence[int]) -> Shape:
    """The shape that both are broadcast to."""
    return tuple(_common(m, n, x, y) for m, n in zip(x, y))


def check_left(x: Sequence[int], common: Sequence[int]) -> None:
    fits = len(x) == len(common) and all(n == 1 or m != 1 for m, n in zip(x, common))
    if not fits:
        raise ValueError(
            f"x is the left side of a comparison, which is not broadcast, but its shape {list(x)} would "
            f"have to become {list(common)}"
        )


def reduced_axes(rank: int, dim: int | Sequence[int] | None) -> list[int]:
    """The axes that ``dim`` names, all of them if it names none."""
    if dim is None or dim == [] or dim == ():
        return list(range(rank))
    axes = list(dim) if isinstance(dim, (list, tuple)) else [dim]
    for axis in axes:
        if not isinstance(axis, int) or not -rank <= axis < rank:
            raise ValueError(f"dim must be axes between {-rank} and {rank - 1}, got {dim!r}")
    return sorted({axis % rank for axis in axes})


def _common(m: int, n: int, x: Sequence[int], y: Sequence[int]) -> int:
    if m == 1 or n == 1:
        return m * n
    if m == -1 or n == -1:
        return max(m, n)
    if m != n:
        raise ValueError(f"the shapes of x and y, {list(x)} and {list(y)}, do not fit")
    return m


def _extent(n: int, item: int | slice) -> int | None:
    """What indexing leaves of an axis of ``n``; None if it drops the axis."""
    if isinstance(item, slice):
        left = n if n == -1 else len(range(*item.indices(n)))
        if left == 0:
            raise ValueError(f"nothing of an axis of {n} is between {item.start} and {item.stop}")
        return left
    if n != -1 and not -n <= item < n:
        raise ValueError(f"index {item} is outside an axis of {n}")
    return None
