"""Losses of a whole detector: where, whether, and what."""

from __future__ import annotations

import paddle
import paddle.nn.functional as F
from paddle import Tensor

from . import _boxes, _checks, _values
from ._math import at_least, constant, held, only_nan, wide_sum
from ._precision import full_precision
from ._reduce import Reduction, nothing, reduce


@full_precision
def yolov1_loss(
    input: Tensor,
    label: Tensor,
    *,
    boxes_per_cell: int = 2,
    lambda_coord: float = 5.0,
    lambda_noobj: float = 0.5,
    epsilon: float = 1e-6,
    reduction: Reduction = "mean",
) -> Tensor:
    r"""The loss of YOLO, version 1: squared errors of boxes, confidences and classes on a grid.

    .. math::
        \lambda_{coord} \sum_{resp} \bigl[(x - \hat x)^2 + (y - \hat y)^2 + (\sqrt w - \sqrt{\hat w})^2
        + (\sqrt h - \sqrt{\hat h})^2\bigr]

        + \sum_{resp} (C - \mathrm{IoU})^2
        + \lambda_{noobj} \sum_{others} C^2 + \sum_{objects} \sum_c (p_c - \hat p_c)^2

    In a cell with an object, the box of highest IoU is responsible for it (the first of equal ones),
    and the IoU is its confidence target, a constant in the gradient. Every other box, there and in
    cells without an object, is to have confidence 0.

    Args:
        input (Tensor): [N, S, S, 5·B + C], floating: B times (x, y, w, h, confidence), then the scores
            of C classes. x and y count from the corner of the cell in cells, w and h are shares of the
            image. Half precision is computed in float32.
        label (Tensor): [N, S, S, 5 + C]: x, y, w, h, 1 for an object or 0 for none, then the classes
            one-hot. In cells without an object the rest is not looked at.
        boxes_per_cell (int): B >= 1.
        lambda_coord (float): weight >= 0 of the box errors.
        lambda_noobj (float): weight >= 0 of the confidences that should be 0.
        epsilon (float): ε > 0, in shares of the image: below it √w is taken as w / √ε, which caps its
            gradient; a negative w is taken as -√-w, so that it finds its way back.
        reduction (str): the loss of an image is a sum over its cells. "mean" (default) is over the
            images, "sum" or "none".

    Returns:
        Tensor: shape [] for "mean" and "sum", [N] for "none".

    Raises:
        TypeError: an argument is not a tensor, or ``input`` is not floating.
        ValueError: shapes do not fit (nothing is broadcast), an object is neither 0 nor 1, or a
            setting is out of range.

    Relations:
        S, B and C were 7, 2 and 20. Document S3 says that the four corners are regressed; centre and
        the roots of the size are.

    Source:
        J. Redmon et al., You only look once: unified, real-time object detection, 2016. Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> label = paddle.to_tensor([0.5, 0.5, 0.25, 0.25, 1.0, 1.0, 0.0]).reshape([1, 1, 1, 7])
        >>> exact = paddle.to_tensor([0.5, 0.5, 0.25, 0.25, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0])
        >>> losses.yolov1_loss(exact.reshape([1, 1, 1, 12]), label).item()
        0.0
        >>> wide = exact.reshape([1, 1, 1, 12]) * paddle.to_tensor([1.0, 1, 4, 1] + 8 * [1.0])
        >>> print(f"{losses.yolov1_loss(wide, label).item():.4f}")  # 5 · (1 - 1/2)² + (1 - 1/4)²
        1.8125
    """
    function = "yolov1_loss"
    input, label = _grids(function, input, label, boxes_per_cell)
    _checks.number(function, "[0, inf)", lambda_coord=lambda_coord, lambda_noobj=lambda_noobj)
    _checks.number(function, "(0, inf)", epsilon=epsilon)
    if 0 in input.shape:
        return reduce(function, nothing(input, [1, 2, 3]), reduction)
    there = label[..., 4]
    known = paddle.logical_or(there == 1, there == 0)
    _values.verify(function, "label", there, known, "be 0 or 1 in its fifth entry (is there an object)")
    looked_at = paddle.expand_as(there.unsqueeze(-1), label) > 0
    label = paddle.where(looked_at, label, paddle.zeros_like(label))
    loss = _yolov1(input, label, boxes_per_cell, lambda_coord, lambda_noobj, epsilon)
    loss = _values.poison(loss, known.astype("int32").min([1, 2]) > 0)
    return reduce(function, loss, reduction)


def _grids(function: str, input: Tensor, label: Tensor, boxes: int) -> tuple[Tensor, Tensor]:
    input = _checks.prediction(function, "input", input)
    label = _checks.cast(function, "label", label, input.dtype)
    _checks.count(function, 1, boxes_per_cell=boxes)
    _checks.rank(function, "input", input, 4, "[N, S, S, 5·B + C]")
    if input.shape[1] != input.shape[2] and -1 not in input.shape[1:3]:
        raise ValueError(
            f"{function}: input must have the shape [N, S, S, 5·B + C], a square grid, got "
            f"{list(input.shape)}."
        )
    classes = input.shape[3] - 5 * boxes
    if classes < 0:
        raise ValueError(
            f"{function}: input must have at least 5·boxes_per_cell entries per cell, {5 * boxes}, "
            f"got shape {list(input.shape)}."
        )
    wanted = [*input.shape[:3], 5 + classes]
    _checks.require_shape(function, "label", label, wanted, "the cells of input and 5 + C entries")
    if -1 in input.shape[:3] or -1 in label.shape[:3]:
        same = (paddle.shape(label)[:3] == paddle.shape(input)[:3]).all()
        label = _values.poison(label, same)
    return input, label


def _yolov1(x: Tensor, label: Tensor, boxes: int, coord: float, noobj: float, epsilon: float) -> Tensor:
    predicted = x[..., : 5 * boxes].reshape([0, 0, 0, boxes, 5])
    truth, there = label[..., :4].unsqueeze(3), label[..., 4:5]
    iou = held(_cell_iou(predicted[..., :4], truth, x.shape[1]).astype(x.dtype))
    responsible = F.one_hot(iou.argmax(-1), boxes).astype(x.dtype) * there
    confidence = predicted[..., 4]
    position = paddle.square(predicted[..., :2] - truth[..., :2])
    size = paddle.square(_signed_root(predicted[..., 2:4], epsilon) - _signed_root(truth[..., 2:], epsilon))
    # Chosen, not multiplied by 0: what is not looked at may be as large as it likes, but not NaN.
    found = constant(coord, x) * (position + size).sum(-1) + paddle.square(confidence - iou)
    missing = constant(noobj, x) * paddle.square(confidence)
    per_box = paddle.where(responsible > 0, found, missing + only_nan(predicted).sum(-1))
    loss = _per_image(per_box, x.dtype)
    if x.shape[3] == 5 * boxes:
        return loss
    return loss + _per_image(there * paddle.square(x[..., 5 * boxes :] - label[..., 5:]), x.dtype)


def _cell_iou(predicted: Tensor, truth: Tensor, cells: int) -> Tensor:
    # x and y are in cells, w and h in images; both boxes are in one cell, so its corner drops out.
    scale = constant(1 / cells, predicted)
    first = paddle.concat([predicted[..., :2] * scale, predicted[..., 2:]], -1)
    second = paddle.concat([truth[..., :2] * scale, truth[..., 2:]], -1)
    _, iou, _ = _boxes.compare("iou", first, second, "cxcywh", 1e-30)
    return iou


def _signed_root(x: Tensor, epsilon: float) -> Tensor:
    # sign(x) · sqrt(|x|), and x / sqrt(ε) where |x| < ε.
    return x / paddle.sqrt(at_least(epsilon, x.abs()))


def _per_image(x: Tensor, dtype: object) -> Tensor:
    return wide_sum(x, [1, 2, 3]).astype(dtype)


@full_precision
def detection_loss(
    classification: Tensor,
    localization: Tensor,
    iou: Tensor,
    *,
    iou_threshold: float = 0.5,
    box_weight: float = 1.0,
    normalizer: float | Tensor | None = None,
) -> Tensor:
    r"""The general form of a detector's loss: classes everywhere, boxes where something is found.

    .. math::
        \frac1N \sum_i \ell^{cls}_i + \lambda\, \frac{\sum_i [\mathrm{IoU}_i > \eta]\, \ell^{box}_i}
        {\#\{i : \mathrm{IoU}_i > \eta\}}

    Args:
        classification (Tensor): the classification loss of every sample, floating, any shape. Half
            precision is computed in float32.
        localization (Tensor): the box loss of every sample, the same shape.
        iou (Tensor): the IoU of every sample's anchor with its object, the same shape.
        iou_threshold (float): η, any number; the box loss counts strictly above it.
        box_weight (float): λ >= 0.
        normalizer (float|Tensor, optional): what the sum of the box losses is divided by instead of
            the number of samples above η. A count of 0 counts as 1.

    Returns:
        Tensor: shape [].

    Raises:
        TypeError: an argument is not a tensor, or ``classification`` is not floating.
        ValueError: shapes differ (nothing is broadcast), or a setting is out of range.

    Relations:
        Any losses with ``reduction="none"`` fit: ``sigmoid_focal_loss`` summed over the classes,
        ``smooth_l1_loss`` summed over the coordinates, ``giou_loss``, and ``box_iou(aligned=True)``.
        To learn from chosen samples only (``hard_negative_mask`` and the positives), index all three
        tensors with their mask: a sample that is set to 0 still counts in N.

    Source:
        R. Girshick, Fast R-CNN, 2015 (the form; document S3 gives the threshold). Document S3.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> classification = paddle.to_tensor([0.5, 0.1])
        >>> box, iou = paddle.to_tensor([0.3, 0.9]), paddle.to_tensor([0.8, 0.2])
        >>> print(f"{losses.detection_loss(classification, box, iou, box_weight=2.0).item():.4f}")
        0.9000
    """
    function = "detection_loss"
    classification = _checks.prediction(function, "classification", classification)
    localization = _checks.companion(function, "localization", localization, classification, "classification")
    iou = _checks.companion(function, "iou", iou, classification, "classification")
    _checks.number(function, "(-inf, inf)", iou_threshold=iou_threshold)
    _checks.number(function, "[0, inf)", box_weight=box_weight)
    total = reduce(function, classification, "mean")
    if 0 in classification.shape:
        return total
    # Not iou > η: a NaN is to be kept.
    found = paddle.logical_not(iou <= constant(iou_threshold, iou))
    box = reduce(function, localization + only_nan(iou), "mean", mask=found, normalizer=normalizer)
    return total + constant(box_weight, total) * box
