"""Arithmetic that several losses share, each piece right at its edges in value and gradient."""

from __future__ import annotations

import paddle
from paddle import Tensor

from .._tracing import in_sot


def constant(value: float, like: Tensor) -> Tensor:
    """``value`` in the dtype of ``like``: static graphs round a bare Python number to float32."""
    # Paddle 2.6 cannot broadcast against an empty tensor, so beside one the constant is empty too.
    return paddle.full(like.shape if 0 in like.shape else [], float(value), like.dtype)


def constants(values: list[float], like: Tensor) -> Tensor:
    """One constant per position of the last axis of ``like``."""
    if 0 in like.shape:
        return constant(values[0], like)
    entries = []
    for value in values:
        entries.append(constant(value, like))
    return paddle.stack(entries)


def held(x: Tensor) -> Tensor:
    """``x`` as a constant of the gradient, in eager mode and in graphs."""
    if in_sot():
        # It overlooks stop_gradient, and would compute in place on what a bare detach shares with x.
        return (x * 1).detach()
    if paddle.in_dynamic_mode():
        return x.detach()
    x = paddle.assign(x)  # a program of Paddle 3 warns of detach
    x.stop_gradient = True
    return x


def at_most(bound: float, x: Tensor) -> Tensor:
    """min(bound, x), with gradient 1 at the bound; NaN stays NaN."""
    # minimum and maximum drop a NaN on Paddle 2.6. The gradient of clip at its ends depends on the
    # version; in static graphs it rounds them to float32, and it has a hidden upper end of 3.4e38.
    bound = constant(bound, x)
    return paddle.where(x > bound, bound, x)


def at_least(bound: float, x: Tensor) -> Tensor:
    """max(bound, x), with gradient 1 at the bound; NaN stays NaN."""
    bound = constant(bound, x)
    return paddle.where(x < bound, bound, x)


def lesser(a: Tensor, b: Tensor) -> Tensor:
    """min(a, b) of finite tensors; NaN stays NaN, and where the two are equal they share the gradient."""
    share, rest = _shares(a, b)
    return a * share + b * rest


def greater(a: Tensor, b: Tensor) -> Tensor:
    """max(a, b) of finite tensors; NaN stays NaN, and where the two are equal they share the gradient."""
    share, rest = _shares(a, b)
    return b * share + a * rest


def in_order(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """`lesser` and `greater` of the two."""
    share, rest = _shares(a, b)
    return a * share + b * rest, b * share + a * rest


def _shares(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    # 1 where a < b, 1/2 where they are equal (== would take 1e-9 for 0), else 0; constants.
    share = ((a < b).astype(a.dtype) + (a <= b).astype(a.dtype)) * 0.5
    return share, 1 - share


def step(x: Tensor) -> Tensor:
    """1 where x >= 0, else 0; a constant in the gradient."""
    return (x >= 0).astype(x.dtype)


def positive_part(x: Tensor) -> Tensor:
    """max(0, x), with gradient 0 at 0; NaN stays NaN."""
    # relu drops NaN; clip has a gradient at 0 that depends on Paddle's version, and a hidden upper end.
    return paddle.where(x <= 0, paddle.zeros_like(x), x)


def only_nan(x: Tensor) -> Tensor:
    """NaN where x is NaN, else 0: hands NaN on and keeps the graph connected, with gradient 0."""
    return paddle.where(paddle.isnan(x), x, paddle.zeros_like(x))


def magnitude(x: Tensor) -> Tensor:
    """|x| as x times a constant sign: the second derivative of what is made of ``abs`` is wrong at 0."""
    return x * (2 * step(x) - 1)


def sides(x: Tensor) -> tuple[Tensor, Tensor]:
    """The two pieces of softplus: ``p`` = 1 where x >= 0 (a constant), and log(1 + exp(-|x|)).

    softplus(x) = tail + x p and softplus(-x) = tail - x (1 - p). The side is a constant because the
    gradients of relu and abs vanish at 0, which would make that of softplus 0 or 1 there, not 1/2.
    """
    p = step(x)
    return p, paddle.log1p(paddle.exp(x * (1 - 2 * p)))


def expm1(x: Tensor) -> Tensor:
    """exp(x) - 1 for x <= 0. Paddle's own takes 1 + expm1 for its gradient, which ends at 6e-8."""
    return paddle.where(x < constant(-0.7, x), paddle.exp(x) - 1, paddle.expm1(x))


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x)), relatively accurate on both sides."""
    p, tail = sides(x)
    return tail + x * p


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x)), relatively accurate on both sides."""
    p = step(x)
    decay = paddle.exp(x * (1 - 2 * p))
    return (p + (1 - p) * decay) / (1 + decay)


def wide_sum(x: Tensor, axes: int | list[int], keepdim: bool = False) -> Tensor:
    """Σ over ``axes`` in float64: in float32, a thousand terms cost two digits."""
    return x.astype("float64").sum(axes, keepdim=keepdim)


def weigh(x: Tensor, p: Tensor, tail: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
    """positive · softplus(-x) + negative · softplus(x), with ``p`` and ``tail`` from `sides`.

    Relatively accurate for every x, and so is the gradient: no two large terms cancel.
    """
    return x * (p * negative - (1 - p) * positive) + tail * (positive + negative)


def bernoulli(x: Tensor, y: Tensor) -> Tensor:
    """Cross entropy of labels y and logits x: `weigh` with y and 1 - y, in fewer operations."""
    p, tail = sides(x)
    return x * (p - y) + tail


def infinity(like: Tensor) -> Tensor:
    """inf everywhere; a saved program of Paddle 3 that holds it as a constant cannot be loaded."""
    return paddle.zeros_like(like) - paddle.log(paddle.zeros_like(like))


def hypotenuse(x: Tensor, other: float) -> Tensor:
    """sqrt(x² + other²) for other > 0, measured in the longer of the two: no square overflows."""
    longer = at_least(other, held(x).abs())
    return longer * paddle.sqrt(paddle.square(x / longer) + paddle.square(constant(other, x) / longer))


def focal(x: Tensor, y: Tensor, alpha: float | None, gamma: float) -> Tensor:
    """α (1 - p)^γ y (-log p) + (1 - α) p^γ (1 - y) (-log(1 - p)) with p = σ(x)."""
    # (1 - p)^γ = exp(-γ softplus(x)) and p^γ = exp(-γ softplus(-x)): finite slopes for γ < 1 too.
    if gamma == 0 and alpha is None:
        return bernoulli(x, y)
    p, tail = sides(x)
    rate = constant(-gamma, x)
    positive = y * paddle.exp(rate * (tail + x * p))
    negative = (1 - y) * paddle.exp(rate * (tail - x * (1 - p)))
    if alpha is not None:
        positive, negative = positive * constant(alpha, x), negative * constant(1 - alpha, x)
    return weigh(x, p, tail, positive, negative)
