"""Losses of images as a network sees them: lists of feature maps [N, C, *], one map per layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import paddle
from paddle import Tensor

from .._tracing import given
from . import _checks
from ._math import constant, wide_sum
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce

Norm = Literal["l1", "l2"]


@full_precision
def perceptual_loss(
    features_input: Sequence[Tensor],
    features_label: Sequence[Tensor],
    *,
    weights: Sequence[float] | None = None,
    norm: Norm = "l1",
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Perceptual loss: how far two images are apart in the features of a network, not in their pixels.

    .. math::
        \ell = \sum_l w_l \frac{1}{C_l H_l W_l} \sum |\phi_l(input) - \phi_l(label)|^p,
        \qquad p = 1 \text{ or } 2

    A picture shifted by a pixel is far from itself pixel by pixel and close in deeper layers, which is
    why images trained with this loss are not blurred. Early layers keep colours and edges, late ones
    only what is shown. ``nn.PerceptualLoss`` takes the two images and the network.

    Args:
        features_input (list of Tensor): the feature maps of the prediction, each [N, C, *], floating.
            Half precision is computed in float32.
        features_label (list of Tensor): those of the target, map by map of the same shape; cast to the
            dtype of their counterparts.
        weights (list of float, optional): w >= 0 of every map. All 1 if None.
        norm (str): "l1" (default): absolute differences; "l2": squared ones.
        reduction (str): "mean" (default) over the samples, "sum" over them, or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none", in the dtype of the first map.

    Raises:
        TypeError: the features are no lists (wrap a single map: ``[map]``), one of them is no tensor or
            not floating, or a weight is no number.
        ValueError: the lists or their maps do not fit each other (nothing is broadcast), a weight is
            negative, there is not one per map, or a setting is unknown.

    Relations:
        Of one map that is the image itself, "l1" is ``l1_loss`` and "l2" is ``mse_loss``. "l2" is the
        feature reconstruction loss of Johnson et al.; the content loss of Gatys et al. is C H W / 2
        times that, and the ``ContentLoss`` of piq, which sums over channels, C times. BasicSR's is the
        same as ours. LPIPS is another: it normalises the features and learns a weight per channel.

    Source:
        J. Johnson, A. Alahi and L. Fei-Fei, Perceptual losses for real-time style transfer and
        super-resolution, 2016. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> input, label = paddle.ones([2, 3, 8, 8]), paddle.zeros([2, 3, 8, 8])
        >>> halved = paddle.nn.functional.avg_pool2d(input, 2) / 2, paddle.zeros([2, 3, 4, 4])
        >>> losses.perceptual_loss([input, halved[0]], [label, halved[1]], weights=[1.0, 0.5]).item()
        1.25
        >>> network = paddle.nn.Sequential(paddle.nn.AvgPool2D(2), paddle.nn.Tanh())
        >>> losses.nn.PerceptualLoss(network, ["0"])(input, label).item()
        1.0
    """
    _checks.option("perceptual_loss", ("l1", "l2"), norm=norm)
    distance = _absolute if norm == "l1" else _squared
    return _over_maps("perceptual_loss", distance, features_input, features_label, weights, reduction)


@full_precision
def style_loss(
    features_input: Sequence[Tensor],
    features_label: Sequence[Tensor],
    *,
    weights: Sequence[float] | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""Style loss: whether the features of a network occur together as often, wherever in the image.

    .. math::
        \ell = \sum_l w_l \frac{1}{C_l^2} \sum_{ij} (G_l(input) - G_l(label))_{ij}^2,
        \qquad G_l = \frac{F F^T}{C_l H_l W_l}

    F is the map of a sample as a matrix [C, H W]. The Gram matrix forgets where a feature was, so texture
    and colours count and the arrangement does not: flipped or shuffled positions cost nothing.
    ``nn.StyleLoss`` takes the two images and the network.

    Args:
        features_input (list of Tensor): the feature maps of the prediction, each [N, C, *], floating.
            Half precision is computed in float32.
        features_label (list of Tensor): those of the target, map by map of the same shape; cast to the
            dtype of their counterparts.
        weights (list of float, optional): w >= 0 of every map. All 1 if None.
        reduction (str): "mean" (default) over the samples, "sum" over them, or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none", in the dtype of the first map.

    Raises:
        TypeError: the features are no lists (wrap a single map: ``[map]``), one of them is no tensor or
            not floating, or a weight is no number.
        ValueError: the lists or their maps do not fit each other (nothing is broadcast), a weight is
            negative, there is not one per map, or ``reduction`` is unknown.

    Relations:
        Johnson et al. sum over the entries of the Gram matrix instead of taking their mean: their loss
        of a map is C² times this one. That of Gatys et al., with G not divided and the factor
        1 / (4 C² (H W)²), is C² / 4 times it; piq, where G is not divided either, has (C H W)² times
        it. BasicSR has the same with criterion "l2". PyTorch's tutorial has the same for a batch of one,
        and lets the samples of a larger one into each other's Gram matrix.

    Source:
        L. A. Gatys, A. S. Ecker and M. Bethge, Image style transfer using convolutional neural
        networks, 2016; J. Johnson, A. Alahi and L. Fei-Fei, 2016. Document S0.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> map = paddle.to_tensor([[[1.0, 1.0], [0.0, 2.0]]])  # [N, C, positions]
        >>> losses.style_loss([map], [map.flip(-1)]).item()
        0.0
        >>> losses.style_loss([map], [paddle.zeros_like(map)]).item()
        0.4375
    """
    return _over_maps("style_loss", _gram_distance, features_input, features_label, weights, reduction)


def _over_maps(function, distance, features_input, features_label, weights, reduction) -> Tensor:
    # Σ w · distance over the maps, for every sample and in float64; then over the samples.
    _check_lists(function, features_input, features_label, weights)
    first, loss = features_input[0], None
    for index in range(len(features_input)):
        x, y = _maps(function, index, features_input[index], features_label[index], first)
        # On 2.6.2, nothing empty may enter a graph.
        axes = list(range(1, len(x.shape)))
        term = (nothing(x, axes) if 0 in x.shape else distance(x, y)).astype("float64")
        if given(weights):
            term = term * constant(weights[index], term)
        loss = loss + _checks.aligned(term, term, first, slice(0, 1)) if given(loss) else term
    dtype = _checks.prediction(function, "features_input[0]", first).dtype
    return reduce(function, loss, reduction).astype(dtype)


def _absolute(x: Tensor, y: Tensor) -> Tensor:
    return _mean((x - y).abs())


def _squared(x: Tensor, y: Tensor) -> Tensor:
    return _mean(paddle.square((x - y).astype("float64")))


def _gram_distance(x: Tensor, y: Tensor) -> Tensor:
    # X Xᵀ - Y Yᵀ is the symmetric part of (X - Y)(X + Y)ᵀ: one product, and near X = Y nothing cancels.
    a, b = _matrix(x.astype("float64")), _matrix(y.astype("float64"))
    product = paddle.matmul(a - b, a + b, transpose_y=True)
    difference = (product + product.transpose([0, 2, 1])) / (2 * _size(a))
    return _mean(paddle.square(difference))


def _matrix(x: Tensor) -> Tensor:
    # [N, C, positions]; 0 copies an extent, also one that a static graph does not know.
    return x.reshape([0, 0, -1]) if len(x.shape) > 2 else x.unsqueeze(-1)


def _mean(x: Tensor) -> Tensor:
    """The mean over each sample, in float64."""
    return wide_sum(x, list(range(1, len(x.shape)))) / _size(x)


def _size(x: Tensor) -> Tensor:
    """The number of elements of a sample, in float64."""
    size = 1
    for extent in x.shape[1:]:
        if extent == -1:  # a static graph: known when it runs
            return paddle.shape(x)[1:].astype("float64").prod()
        size *= extent
    return paddle.full([], size, "float64")


def _check_lists(function: str, features_input, features_label, weights) -> None:
    for name, features in (("features_input", features_input), ("features_label", features_label)):
        if not isinstance(features, (list, tuple)):
            raise TypeError(
                f"{function}: {name} must be a list of feature maps, got {type(features).__name__}. "
                f"Wrap a single map: [{name}]."
            )
    maps = len(features_input)
    if maps == 0 or len(features_label) != maps:
        raise ValueError(
            f"{function}: features_label must have as many maps as features_input, at least 1, "
            f"got {len(features_label)} and {maps}."
        )
    if not given(weights):
        return
    if not isinstance(weights, (list, tuple)):
        raise TypeError(
            f"{function}: weights must be a list of one number per map, got {type(weights).__name__}."
        )
    if len(weights) != maps:
        raise ValueError(f"{function}: weights must have one number per map, {maps}, got {len(weights)}.")
    for index in range(maps):
        _checks.number(function, "[0, inf)", **{f"weights[{index}]": weights[index]})


def _maps(function: str, index: int, x: Tensor, y: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
    # One map of the prediction and its counterpart: of one shape, and of the batch of the first map.
    name = f"features_input[{index}]"
    x = _checks.prediction(function, name, x)
    y = _checks.companion(function, f"features_label[{index}]", y, x, name)
    if len(x.shape) < 2:
        raise ValueError(f"{function}: {name} must have the shape [N, C, *], got {list(x.shape)}.")
    if index:
        meaning = "the batch of features_input[0]"
        _checks.require_shape(function, name, x, [first.shape[0], *x.shape[1:]], meaning)
    return x, y
