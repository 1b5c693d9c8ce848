"""What is drawn of each loss: its value over one number, which the prediction is made from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Callable

import paddle
from paddle import Tensor

import paddle_losses as losses

DTYPE = "float64"


@dataclass(frozen=True)
class Curve:
    """One line: a loss as `paddle_losses.plot.curve` takes it."""

    loss: Callable[..., Tensor]
    name: str = ""
    label: float | None = None
    settings: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Sketch:
    """The lines of a figure, and what their number is."""

    curves: Sequence[Curve]
    over: tuple[float, float]
    along: str


def tensor(values: Any) -> Tensor:
    return paddle.to_tensor(values, dtype=DTYPE)


def varied(loss: Callable, label: float | None, setting: str, values: Sequence[Any]) -> list[Curve]:
    """The loss under several values of a setting."""
    return [Curve(loss, f"{setting}={value}", label, ((setting, value),)) for value in values]


def labelled(loss: Callable, *labels: float, **settings: Any) -> list[Curve]:
    """The loss under several labels."""
    return [Curve(loss, f"label {label}", label, tuple(settings.items())) for label in labels]


# ------------------------------------------------------------------------------- numbers and two classes


def errors(curves: Sequence[Curve], said: str = "") -> Sketch:
    return Sketch(curves, (-4.0, 4.0), f"prediction, label 0{said}")


def logits(curves: Sequence[Curve], said: str = "") -> Sketch:
    return Sketch(curves, (-6.0, 6.0), f"logit{said}")


def scores(curves: Sequence[Curve]) -> Sketch:
    return Sketch(curves, (-3.0, 3.0), "score, label 1")


def crowds(loss: Callable, label: float, **settings: Any) -> list[Curve]:
    """The loss under two densities of ten bins, easy elements first."""
    densities = {
        "crowds at both ends": [700, 60, 20, 10, 10, 10, 10, 20, 60, 100],
        "no crowd": [100] * 10,
    }
    return [
        Curve(loss, name, label, (("density", tensor(counts)), *settings.items()))
        for name, counts in densities.items()
    ]


# -------------------------------------------------------------------------------------- several classes


def classes(
    loss: Callable, setting: str, values: Sequence[Any], others: Sequence[float] = (0, 0), what: str = "logit"
) -> Sketch:
    """Over the logit of the right class, the first one."""

    def of_right(x: Tensor, **settings: Any) -> Tensor:
        row = paddle.concat([x, tensor(others)]).unsqueeze(0)
        return loss(row, paddle.zeros([1], "int64"), **settings)

    along = f"{what} of the right class, others " + ", ".join(f"{value:g}" for value in others)
    return Sketch(varied(of_right, None, setting, values), (-6.0, 6.0), along)


def distributions(loss: Callable, labels: Sequence[Sequence[float]]) -> Sketch:
    """Over the logit of the first class, against labels that are distributions."""

    def against(label: Sequence[float]) -> Callable[[Tensor], Tensor]:
        return lambda x: loss(paddle.concat([x, tensor([0, 0])]).unsqueeze(0), tensor([label]))

    curves = [Curve(against(label), "label " + ", ".join(map(str, label))) for label in labels]
    return Sketch(curves, (-6.0, 6.0), "logit of the first class, others 0")


def entropy() -> Sketch:
    def of_row(others: Sequence[float]) -> Callable[[Tensor], Tensor]:
        return lambda x: losses.entropy_loss(paddle.concat([x, tensor(others)]).unsqueeze(0))

    curves = [Curve(of_row([0]), "2 classes"), Curve(of_row([0, 0]), "3 classes")]
    return Sketch(curves, (-6.0, 6.0), "logit of one class, others 0")


def noise_contrastive() -> Sketch:
    def against(samples: int) -> Callable[[Tensor], Tensor]:
        rare = tensor([math.log(0.01)])
        noise = paddle.zeros([1, samples], DTYPE) - 8
        return lambda x: losses.nce_loss(x, noise, rare, rare.expand([1, samples]))

    curves = [Curve(against(samples), f"K = {samples}") for samples in (1, 10, 100)]
    return Sketch(curves, (-10.0, 6.0), "score of what was seen; noise at -8, all q = 0.01")


# ------------------------------------------------------------------------------------- regions and boxes


def dice() -> Sketch:
    """One map of a hundred pixels, an object on some of them; each pixel leans to its side by the logit."""

    def of_object(pixels: int) -> Callable[[Tensor], Tensor]:
        label = (paddle.arange(100) < pixels).astype("int64").reshape([1, 1, 100])
        side = 2 * label.astype(DTYPE) - 1
        return lambda x: losses.dice_loss(x * side, label, mode="multilabel")

    curves = [Curve(of_object(pixels), f"object on {pixels} of 100 pixels") for pixels in (1, 10, 50)]
    return Sketch(curves, (-6.0, 6.0), "logit towards the label, the same in every pixel")


def pixels() -> Sketch:
    """One pixel with two classes."""

    def at(x: Tensor, thresh: float) -> Tensor:
        logits = paddle.concat([x, tensor([0])]).reshape([1, 2, 1])
        return losses.ohem_cross_entropy(logits, paddle.zeros([1, 1], "int64"), thresh=thresh, min_kept=0)

    curves = varied(at, None, "thresh", (0.5, 0.7, 0.9))
    return Sketch(curves, (-6.0, 6.0), "logit of a pixel's right class, other 0, min_kept=0")


def sliding(loss: Callable[..., Tensor], setting: str = "", values: Sequence[Any] = (None,)) -> Sketch:
    """A box of 1 × 0.5 that passes over one of 1 × 1."""

    def at(x: Tensor, **settings: Any) -> Tensor:
        box = tensor([0, 0, 1, 0.5]) + x * tensor([1, 0, 1, 0])
        return loss(box.unsqueeze(0), tensor([[0, 0, 1, 1]]), **settings)

    curves = varied(at, None, setting, values) if setting else [Curve(at)]
    return Sketch(curves, (-2.5, 2.5), "shift of a box of 1 × ½ from its target of 1 × 1")


def growing(loss: Callable[..., Tensor]) -> Sketch:
    """A box on the centre of its target of 1 × 1, which grows in one or both directions."""

    def sides(which: Tensor) -> Callable[[Tensor], Tensor]:
        target = tensor([[0.5, 0.5, 1, 1]])
        return lambda x: loss(target + (x - 1) * which, target, box_format="cxcywh")

    curves = [
        Curve(sides(tensor([0, 0, 1, 0])), "width alone"),
        Curve(sides(tensor([0, 0, 1, 1])), "width and height"),
    ]
    return Sketch(curves, (0.1, 3.0), "size of a box centred on its target of 1 × 1")


def overlapping(loss: Callable[..., Tensor], setting: str, values: Sequence[Any]) -> Sketch:
    """A box within its target, as high and ever wider: its width is the IoU."""

    def at(x: Tensor, **settings: Any) -> Tensor:
        box = paddle.concat([tensor([0, 0]), x, tensor([1])])
        return loss(box.unsqueeze(0), tensor([[0, 0, 1, 1]]), **settings)

    return Sketch(varied(at, None, setting, values), (0.02, 0.999), "IoU of a box within its target")


def kinds_of_iou() -> Sketch:
    def iou(box: Tensor, target: Tensor, kind: str) -> Tensor:
        return losses.box_iou(box, target, kind=kind, aligned=True)

    return sliding(iou, "kind", ("iou", "giou", "diou"))


def yolo() -> Sketch:
    """One cell with an object of one size; the predicted width is wrong, all else is right."""

    def of_size(size: float) -> Callable[[Tensor], Tensor]:
        label = tensor([0.5, 0.5, size, size, 1, 1]).reshape([1, 1, 1, 6])

        def at(x: Tensor) -> Tensor:
            box = paddle.concat([tensor([0.5, 0.5]), size + x, tensor([size, 1, 1])])
            return losses.yolov1_loss(box.reshape([1, 1, 1, 6]), label, boxes_per_cell=1)

        return at

    curves = [Curve(of_size(size), f"object of {size} × {size}") for size in (0.1, 0.5)]
    return Sketch(curves, (-0.09, 0.4), "error of the width (shares of the image), confidence 1")


def detector() -> Sketch:
    def at_iou(iou: float) -> Callable[[Tensor], Tensor]:
        return lambda x: losses.detection_loss(tensor([0.5]), x, tensor([iou]))

    curves = [Curve(at_iou(iou), f"IoU {iou}") for iou in (0.4, 0.6)]
    return Sketch(curves, (0.0, 2.0), "box loss of a sample, class loss ½, iou_threshold=0.5")


# ------------------------------------------------------------------------------------------ two networks


def critics(loss: Callable[..., Tensor]) -> Sketch:
    """Over the score of the real samples, and over that of the fakes."""
    zero = tensor([0])
    curves = [
        Curve(lambda x: loss(x, zero), "score of real, fake at 0"),
        Curve(lambda x: loss(zero, x), "score of fake, real at 0"),
    ]
    return Sketch(curves, (-4.0, 4.0), "score")


def loss_sensitive_critic() -> Sketch:
    def at(real: Tensor, fake: Tensor) -> Tensor:
        return losses.loss_sensitive_gan_discriminator_loss(real, fake, tensor([1.0]))

    return replace(critics(at), along="score (low = real), distance 1")


def generators(loss: Callable[..., Tensor], said: str = "") -> Sketch:
    return Sketch([Curve(loss)], (-6.0, 6.0), f"score of the fakes{said}")


def penalty() -> Sketch:
    """A linear critic of one number."""

    def of_slope(x: Tensor, **settings: Any) -> Tensor:
        samples = tensor([[0.0], [1.0]])
        return losses.gradient_penalty(lambda sample: sample * x, samples, samples + 1, **settings)

    return Sketch(varied(of_slope, None, "weight", (1.0, 10.0)), (0.01, 3.0), "slope of the critic")


# -------------------------------------------------------------------------------- images in feature space


def maps(loss: Callable[..., Tensor], setting: str = "", values: Sequence[Any] = (None,)) -> Sketch:
    """A map whose features are all the number, against one of ones."""

    def at(x: Tensor, **settings: Any) -> Tensor:
        ones = paddle.ones([1, 2, 4], DTYPE)
        return loss([x * ones], [ones], **settings)

    curves = varied(at, None, setting, values) if setting else [Curve(at)]
    return Sketch(curves, (-1.6, 1.6), "value of all features, 1 in the target")


# --------------------------------------------------------------------------------------------- embeddings


def angles(
    loss: Callable[..., Tensor], setting: str, values: Sequence[Any], length: float = 1, **fixed: Any
) -> Sketch:
    """An embedding that turns away from its class centre, at right angles to that of another class."""

    def at(x: Tensor, **settings: Any) -> Tensor:
        embedding = paddle.concat([paddle.cos(x), paddle.sin(x), tensor([0])]).unsqueeze(0)
        centres = tensor([[length, 0, 0], [0, 0, 1]])
        return loss(embedding, paddle.zeros([1], "int64"), centres, **fixed, **settings)

    right = "the right centre" if length == 1 else f"a right centre of length {length}"
    said = "".join(f", {name}={value}" for name, value in fixed.items())
    along = f"angle to {right}, other at π/2{said}"
    return Sketch(varied(at, None, setting, values), (0.01, 3.13), along)


def partners(loss: Callable[..., Tensor], setting: str, values: Sequence[Any]) -> Sketch:
    """An anchor that turns away from its partner; nine negatives stand at right angles."""

    def at(x: Tensor, **settings: Any) -> Tensor:
        anchor = paddle.concat([paddle.cos(x), paddle.sin(x), paddle.zeros([9], DTYPE)]).unsqueeze(0)
        everything = paddle.eye(11, dtype=DTYPE)
        return loss(anchor, everything[:1], everything[2:], **settings)

    return Sketch(varied(at, None, setting, values), (0.01, 3.13), "angle to the partner, nine others at π/2")


def speakers() -> Sketch:
    """Two speakers with two utterances each, at right angles; one utterance turns away from its speaker."""

    def of(variant: str) -> Callable[[Tensor], Tensor]:
        def at(x: Tensor) -> Tensor:
            turning = paddle.concat([paddle.cos(x), tensor([0]), paddle.sin(x)])
            first = paddle.stack([turning, tensor([1, 0, 0])])
            embedding = paddle.stack([first, tensor([[0, 1, 0], [0, 1, 0]])])
            return losses.ge2e_loss(embedding, tensor(10.0), tensor(-5.0), variant=variant)

        return at

    curves = [Curve(of(variant), f"variant={variant}") for variant in ("softmax", "contrast")]
    return Sketch(curves, (0.01, 3.13), "angle of one of four utterances to its speaker, w=10, b=-5")


def triplet() -> Sketch:
    def at(x: Tensor, **settings: Any) -> Tensor:
        return losses.triplet_margin_loss(tensor([[0]]), tensor([[1]]), x.unsqueeze(0), **settings)

    return Sketch(
        varied(at, None, "margin", (0.2, 1.0, 2.0)), (0.02, 4.0), "distance of the negative, positive at 1"
    )


def groups() -> Sketch:
    """Two classes of two points on a line, which come apart."""

    def at(x: Tensor, **settings: Any) -> Tensor:
        points = paddle.concat([tensor([0, 0.5]), 0.2 + x, 0.8 + x]).unsqueeze(-1)
        return losses.batch_triplet_loss(points, paddle.to_tensor([0, 0, 1, 1]), **settings)

    curves = varied(at, None, "strategy", ("hard", "semihard", "all"))
    return Sketch(curves, (0.0, 3.0), "shift of points 0.2, 0.8 against points 0, 0.5; margin=1")


def pairs() -> Sketch:
    def labelled_pair(label: float) -> Callable[[Tensor], Tensor]:
        return lambda x: losses.contrastive_loss(tensor([[0]]), x.unsqueeze(0), tensor([label]))

    curves = [Curve(labelled_pair(1), "label 1, similar"), Curve(labelled_pair(0), "label 0, different")]
    return Sketch(curves, (0.01, 2.0), "distance of the two")


def ranking() -> Sketch:
    def at(x: Tensor, **settings: Any) -> Tensor:
        return losses.margin_ranking_loss(x, tensor([0]), tensor([1]), **settings)

    return Sketch(
        varied(at, None, "margin", (0.0, 0.5, 1.0)), (-2.0, 2.0), "lead of the score that should be higher"
    )
