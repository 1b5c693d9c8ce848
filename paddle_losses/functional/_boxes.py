"""The geometry of two boxes: what the IoU losses share.

All of it runs in float64. The corners of a box are large numbers beside its size, and the sizes of two
boxes that nearly agree beside their difference, so float32 would keep few bits of what is left; of
float32 boxes, float64 keeps all. Boxes are few: the time goes into starting operations, not into bits.

A box is a pair (low corner, high corner), each [..., 2]. Boxes of negative size have no area. Where a
loss has a kink, its gradient lies between those of the two sides, unless two kinks of GIoU meet (a box
of height 0 on an edge of its label).
"""

from __future__ import annotations

import math
from typing import Literal

import paddle
from paddle import Tensor

from ._math import at_least, constant, greater, held, in_order, lesser, positive_part

Box = tuple[Tensor, Tensor]  # low and high corner

BoxFormat = Literal["xyxy", "cxcywh"]
Kind = Literal["iou", "giou", "diou", "ciou"]
FORMATS = ("xyxy", "cxcywh")
KINDS = ("iou", "giou", "diou", "ciou")


def compare(
    kind: str, first: Tensor, second: Tensor, box_format: str, epsilon: float
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """1 - IoU, IoU, and the terms that the loss of this kind adds to 1 - IoU."""
    first, second = corners(first, box_format), corners(second, box_format)
    miss, iou, union = overlap(first, second, epsilon)
    if kind == "iou":
        return miss, iou, []
    frame = enclosing(first, second)
    return miss, iou, penalties(kind, first, second, miss, union, frame, epsilon)


def corners(boxes: Tensor, box_format: str) -> Box:
    """Low and high corner of boxes [..., 4], in float64."""
    wide = boxes.astype("float64")
    low, high = wide[..., :2], wide[..., 2:]
    if box_format == "xyxy":
        return low, high
    centre, half = low, 0.5 * high
    return centre - half, centre + half


def overlap(first: Box, second: Box, epsilon: float) -> tuple[Tensor, Tensor, Tensor]:
    """1 - IoU, IoU and the area of the union.

    1 - IoU is made of what the boxes do not share. It is exactly 0 for equal boxes and exactly 1 for
    boxes apart, with gradient 0 for both.
    """
    common = _area(lesser(first[1], second[1]) - greater(first[0], second[0]))
    area, other = _area(first[1] - first[0]), _area(second[1] - second[0])
    small, large = in_order(area, other)
    # In this order: of a box inside another, small == common, and the union is the outer area exactly.
    union = large + (small - common)
    whole = at_least(epsilon, union)
    miss = ((large - common) + (small - common) + (whole - union)) / whole
    return miss, common / whole, union


def enclosing(first: Box, second: Box) -> Tensor:
    """Width and height [..., 2] of the smallest box around all corners."""
    low, high = _turned(*first)
    other_low, other_high = _turned(*second)
    return greater(high, other_high) - lesser(low, other_low)


def _turned(low: Tensor, high: Tensor) -> Box:
    # The corners of a box of negative size exchanged. Size 0 counts as negative here too, as it does in
    # the gradient of `_area`: with one side each, the slope would be of neither.
    right = (low < high).astype(low.dtype)
    return low * right + high * (1 - right), high * right + low * (1 - right)


def penalties(
    kind: str,
    first: Box,
    second: Box,
    miss: Tensor,
    union: Tensor,
    frame: Tensor,
    epsilon: float,
) -> list[Tensor]:
    """The terms that are added to 1 - IoU, each at least 0; ``frame`` is the enclosing box."""
    if kind == "giou":
        return [_uncovered(union, frame, epsilon)]
    terms = [_distance(first, second, frame, epsilon)]
    if kind == "ciou":
        terms.append(_aspect(first, second, miss, epsilon))
    if kind == "eiou":
        terms.append(_resize(first, second, frame, epsilon))
    return terms


def _uncovered(union: Tensor, frame: Tensor, epsilon: float) -> Tensor:
    # (C - U) / C. Rounding can leave a difference below 0 where the two boxes fill the frame.
    area = _product(frame)
    return positive_part(area - union) / at_least(epsilon, area)


def _distance(first: Box, second: Box, frame: Tensor, epsilon: float) -> Tensor:
    # ρ² / c²
    between = 0.5 * ((first[0] - second[0]) + (first[1] - second[1]))
    return _total(between * between) / at_least(epsilon, _total(frame * frame))


def _resize(first: Box, second: Box, frame: Tensor, epsilon: float) -> Tensor:
    # Δw² / C_w² + Δh² / C_h². Sizes are not cut at 0: the gradient turns a negative one round.
    change = (first[1] - first[0]) - (second[1] - second[0])
    return _total(change * change / at_least(epsilon, frame * frame))


def _aspect(first: Box, second: Box, miss: Tensor, epsilon: float) -> Tensor:
    # α v with v = (2/π)² angle², the angle between the diagonals, and α = v / (1 - IoU + v) held.
    angle = _angle(positive_part(first[1] - first[0]), positive_part(second[1] - second[0]))
    v = constant(4 / math.pi**2, angle) * (angle * angle)
    return held(v / at_least(epsilon, miss + v)) * v


def _angle(size: Tensor, other: Tensor) -> Tensor:
    # arctan(w'/h') - arctan(w/h), exactly 0 at equal aspect. atan2 has a NaN gradient at (0, 0), where
    # a box without size meets another: such a pair has angle 0 and no gradient.
    cross = other[..., 0] * size[..., 1] - size[..., 0] * other[..., 1]
    dot = size[..., 1] * other[..., 1] + size[..., 0] * other[..., 0]
    return paddle.atan2(cross, paddle.where(cross.abs() + dot <= 0, constant(1, dot), dot))


def _area(size: Tensor) -> Tensor:
    return _product(positive_part(size))


def _product(pair: Tensor) -> Tensor:
    return pair[..., 0] * pair[..., 1]


def _total(pair: Tensor) -> Tensor:
    return pair[..., 0] + pair[..., 1]  # Paddle 2.6 cannot sum an empty tensor
