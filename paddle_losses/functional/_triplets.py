"""Triplets of a batch: which anchors, positives and negatives a strategy chooses."""

from __future__ import annotations

from typing import Literal

import paddle
from paddle import Tensor

from . import _checks
from ._distances import distances
from ._labels import places
from ._math import constant, infinity

Strategy = Literal["hard", "semihard", "easy", "all"]


def check(
    function: str, embedding: Tensor, label: Tensor, strategy: Strategy, margin: float
) -> tuple[Tensor, Tensor]:
    """Embeddings [N, D] and whose they are, [N]."""
    embedding = _checks.prediction(function, "embedding", embedding)
    _checks.rank(function, "embedding", embedding, 2, "[N, D]")
    _checks.integer(function, "label", label)
    _checks.require_shape(function, "label", label, embedding.shape[:1], "one entry per embedding")
    _checks.option(function, ("hard", "semihard", "easy", "all"), strategy=strategy)
    _checks.number(function, "[0, inf)", margin=margin)
    return embedding, label.astype("int64")


Candidates = tuple[Tensor, Tensor, Tensor, Tensor]


def candidates(embedding: Tensor, label: Tensor, strategy: Strategy, margin: float) -> Candidates:
    """Indices of anchors, positives and negatives, and which of them are a triplet of the strategy.

    There is always one candidate: a loss of no rows would need branches that a graph cannot take, and
    Paddle 2.6 ends on some. An embedding that is not finite is in no triplet.
    """
    distance, positive, negative = _pairwise(embedding, label)
    if strategy == "hard":
        far = paddle.where(positive, distance, -paddle.ones_like(distance)).argmax(1)
        found = paddle.logical_and(positive.any(1), negative.any(1))
        return places(far), far, _nearest(negative, distance), found
    return _of_pairs(distance, positive, negative, strategy, constant(margin, distance))


def chosen(x: Tensor, found: Tensor) -> Tensor:
    """The entries of ``x`` where ``found`` is True."""
    return paddle.gather(x, paddle.nonzero(found).flatten())


def _of_pairs(
    distance: Tensor, positive: Tensor, negative: Tensor, strategy: Strategy, margin: Tensor
) -> Candidates:
    # For every anchor and positive, the negatives that the strategy allows.
    pairs = _listed(positive)
    apart = paddle.gather_nd(distance, pairs).unsqueeze(1)
    distance = paddle.gather(distance, pairs[:, 0])
    allowed = paddle.gather(negative.astype("int32"), pairs[:, 0]) > 0
    allowed = paddle.logical_and(allowed, _holds(positive, pairs).unsqueeze(1))
    if strategy == "semihard":
        within = paddle.logical_and(distance > apart, distance < apart + margin)
        allowed = paddle.logical_and(allowed, within)
        return pairs[:, 0], pairs[:, 1], _nearest(allowed, distance), allowed.any(1)
    if strategy == "easy":
        allowed = paddle.logical_and(allowed, distance > apart + margin)
    places = _listed(allowed)
    pairs = paddle.gather(pairs, places[:, 0])
    return pairs[:, 0], pairs[:, 1], places[:, 1], _holds(allowed, places)


def _listed(mask: Tensor) -> Tensor:
    # Row and column of every True, after [0, 0], where there is none: nobody is their own positive, and
    # nothing is allowed to the pair in the first row.
    return paddle.concat([paddle.zeros([1, 2], "int64"), paddle.nonzero(mask)])


def _holds(mask: Tensor, places: Tensor) -> Tensor:
    return paddle.gather_nd(mask.astype("int32"), places) > 0


def _pairwise(x: Tensor, label: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    # Distances, and who is a positive and who a negative of whom; what is not finite is neither.
    finite = paddle.isfinite(x)
    distance = distances(paddle.where(finite, x, paddle.zeros_like(x)))
    finite = finite.all(1)
    both = paddle.logical_and(finite.unsqueeze(0), finite.unsqueeze(1))
    same = label.unsqueeze(0) == label.unsqueeze(1)
    place = places(label)
    other = paddle.logical_and(both, place.unsqueeze(0) != place.unsqueeze(1))
    negative = paddle.logical_and(both, paddle.logical_not(same))
    return distance, paddle.logical_and(same, other), negative


def _nearest(allowed: Tensor, distance: Tensor) -> Tensor:
    # What is not allowed is farther away than everything.
    return paddle.where(allowed, distance, infinity(distance)).argmin(1)
