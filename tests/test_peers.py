"""Our losses beside those of other frameworks: torch, torchvision, MONAI, optax and mmdetection.

What they compute is recorded in data/peers, by tools/record_peers.py. `SAME` maps every call of theirs to
ours and says in words which conventions differ; what it says is compared to the last bits of float64,
value and gradient. `DIFFERENT` lists what we do otherwise on purpose, and what we do instead.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable, NamedTuple

import numpy as np
import paddle
import pytest

import paddle_losses as losses

FOLDER = Path(__file__).parent / "data" / "peers"
PEERS = ("torch", "torchvision", "monai", "optax", "mmdetection")


class Entry(NamedTuple):
    """One call of a peer, with one reduction."""

    name: str
    call: str
    case: str
    settings: dict
    arrays: dict[str, np.ndarray]
    reduction: str
    value: np.ndarray
    gradient: np.ndarray

    def classes(self) -> int:
        return self.arrays["input"].shape[1]

    def rows(self) -> int:
        return self.arrays["input"].size // self.classes()


class Same(NamedTuple):
    """How a call of ours gives the numbers of theirs."""

    ours: str
    says: str = "the same"
    # our arguments from an entry; by default theirs
    call: Callable[[Entry, dict], dict] = lambda entry, tensors: {**tensors, **entry.settings}
    # what their value and gradient are to be multiplied by
    times: Callable[[Entry], float] = lambda entry: 1.0
    # their value, element by element, in our shape
    elements: Callable[[Entry], np.ndarray] = lambda entry: entry.value
    # what is left to differ
    rtol: Callable[[Entry], float] = lambda entry: 1e-12


def only(*names, **others):
    """Our arguments are the arrays, the settings called ``names``, and ``others``."""
    return lambda entry, tensors: {**tensors, **{n: entry.settings[n] for n in names}, **others}


# ---------------------------------------------------------------------------------------- the conventions


def logits(entry, tensors):
    """All arguments are theirs; the input is called ``logit``."""
    tensors = dict(tensors)
    return {"logit": tensors.pop("input"), **tensors, **entry.settings}


def weights_as_sample_weight(entry, tensors):
    tensors = dict(tensors)
    if "weight" in tensors:
        tensors["sample_weight"] = tensors.pop("weight")
    return tensors


def weights_of_logits(entry, tensors):
    return logits(entry, weights_as_sample_weight(entry, tensors))


def by_weights_not_elements(entry):
    weighed = entry.reduction == "mean" and "weight" in entry.arrays
    return entry.arrays["weight"].size / entry.arrays["weight"].sum() if weighed else 1.0


def kl_rows(entry):
    """mean counts every class as an element, batchmean counts only images."""
    images = entry.arrays["input"].shape[0]
    return {"mean": entry.classes(), "batchmean": images / entry.rows()}.get(entry.reduction, 1.0)


def focal_alpha(entry, tensors):
    arguments = logits(entry, tensors)
    if arguments.get("alpha") == -1:
        arguments["alpha"] = None
    return arguments


def focal_of_classes(entry, tensors):
    alpha, gamma = entry.settings["alpha"], entry.settings["gamma"]
    if alpha is not None:
        alpha = paddle.to_tensor([1 - alpha] + [alpha] * (entry.classes() - 1), "float64")
    label = tensors["label"].argmax(1)
    return {"input": tensors["input"], "label": label, "alpha": alpha, "gamma": gamma, "axis": 1}


def ghm_bins(entry, tensors):
    return {"logit": tensors["input"], "label": tensors["label"], "bins": entry.settings["bins"]}


def dice(entry, tensors):
    theirs, label = entry.settings, tensors["label"]
    mode = "multiclass" if "softmax" in theirs else "binary" if entry.classes() == 1 else "multilabel"
    ours = {
        "mode": mode,
        "from_logits": "softmax" in theirs or "sigmoid" in theirs,
        "smooth": theirs.get("smooth_nr", 1e-5),
        "squared": theirs["squared_pred"],
        "batch": theirs["batch"],
        "include_background": theirs.get("include_background", True),
        "ignore_index": theirs.get("ignore_index"),
    }
    if mode == "multiclass":
        label = label.squeeze(1) if "to_onehot_y" in theirs else label.argmax(1)
    return {"input": tensors["input"], "label": label, **ours}


def dice_with_classes_last(entry, tensors):
    input, label = (paddle.moveaxis(tensors[name], -1, 1) for name in ("input", "label"))
    several = input.shape[1] > 1
    return {
        "input": input,
        "label": label.argmax(1) if several else label,
        "mode": "multiclass" if several else "binary",
        "smooth": 2 * entry.settings["smooth"],
        "include_background": not entry.settings.get("ignore_background", False),
    }


def pad_to_batch(entry):
    """[N, C, 1, 1] and, of a batch, [C, 1, 1]: here [N, C] and [1, C]."""
    return entry.value.reshape(-1, entry.value.size) if entry.settings["batch"] else entry.value[..., 0, 0]


def without_epsilon(entry):
    """Means are divided by the number of elements plus float32's 1.2e-7."""
    n = entry.arrays["input"].size
    return (n + 2.0**-23) / n if entry.reduction == "mean" else 1.0


# What eps = 1e-7 leaves of boxes of 10 to 7000 square pixels; measured are 2.1e-9 and, in the slope of
# CIoU, whose alpha has it too, 5.7e-8. Boxes with areas of 1e11 and more do not feel it.
def eps_in_areas(entry):
    return 1e-12 if entry.case == "large" else 3e-9


def eps_in_areas_and_alpha(entry):
    return 1e-12 if entry.case == "large" else 1e-7


def eps_of_no_area(entry):
    return 3e-9 if entry.case == "no areas" else 1e-12


PLUS_EPS = "eps is added to denominators, where ours only bounds them from below"

SAME = {
    # ------------------------------------------------------------------------------------------- torch
    "F.cross_entropy": Same(
        "cross_entropy",
        "the class axis is 1, here the last; class weights, smoothing, ignored labels and means are the same",
        lambda entry, tensors: {**tensors, **entry.settings, "axis": 1},
    ),
    "F.nll_loss": Same(
        "cross_entropy",
        "given log p, so this is our from_logits=False within its clipping",
        only(axis=1, from_logits=False),
    ),
    "F.kl_div": Same(
        "kl_divergence",
        "given log p; elements are classes, here rows: mean divides by classes too, batchmean by images",
        only(axis=1),
        times=kl_rows,
        elements=lambda entry: entry.value.sum(1),
    ),
    "F.l1_loss": Same("l1_loss"),
    "F.mse_loss": Same("mse_loss"),
    "F.huber_loss": Same("huber_loss"),
    "F.smooth_l1_loss": Same("smooth_l1_loss"),
    "F.binary_cross_entropy_with_logits": Same(
        "binary_cross_entropy_with_logits",
        "a weighted mean is divided by the number of elements, here by the sum of the weights",
        weights_of_logits,
        times=by_weights_not_elements,
    ),
    "F.binary_cross_entropy": Same(
        "binary_cross_entropy",
        "a weighted mean is divided by the number of elements, here by the sum of the weights",
        weights_as_sample_weight,
        times=by_weights_not_elements,
    ),
    "F.soft_margin_loss": Same("logistic_loss"),
    "F.multi_margin_loss": Same(
        "multiclass_hinge_loss",
        "the sum over the wrong classes, but divided by the number of classes",
        only("margin", variant="weston_watkins"),
        times=Entry.classes,
    ),
    # ------------------------------------------------------------------------------------- torchvision
    "torchvision.sigmoid_focal_loss": Same(
        "sigmoid_focal_loss",
        "alpha=-1 is our None; the same for hard labels",
        focal_alpha,
    ),
    "torchvision.generalized_box_iou_loss": Same("giou_loss", PLUS_EPS, only(), rtol=eps_in_areas),
    "torchvision.distance_box_iou_loss": Same("diou_loss", PLUS_EPS, only(), rtol=eps_in_areas),
    "torchvision.complete_box_iou_loss": Same("ciou_loss", PLUS_EPS, only(), rtol=eps_in_areas_and_alpha),
    # ------------------------------------------------------------------------------------------- MONAI
    "monai.DiceLoss": Same(
        "dice_loss",
        "smooth_nr and smooth_dr are our smooth; softmax, sigmoid or neither are mode and from_logits",
        dice,
        elements=pad_to_batch,
    ),
    "monai.focal_loss.softmax_focal_loss": Same(
        "softmax_focal_loss",
        "labels are one-hot, elements are classes; alpha is 1 - alpha for class 0 and alpha for others",
        focal_of_classes,
        elements=lambda entry: entry.value.sum(1),
    ),
    "monai.focal_loss.sigmoid_focal_loss": Same("sigmoid_focal_loss", "the same for hard labels", logits),
    # ------------------------------------------------------------------------------------------- optax
    "optax.squared_error": Same("mse_loss"),
    "optax.l2_loss": Same("mse_loss", "half of it", times=lambda entry: 2.0),
    "optax.huber_loss": Same("huber_loss"),
    "optax.log_cosh": Same("log_cosh_loss"),
    "optax.sigmoid_binary_cross_entropy": Same("binary_cross_entropy_with_logits", call=logits),
    "optax.sigmoid_focal_loss": Same("sigmoid_focal_loss", "the same for hard labels", logits),
    "optax.hinge_loss": Same("hinge_loss"),
    "optax.multiclass_hinge_loss": Same("multiclass_hinge_loss", "our default: the worst wrong class"),
    "optax.softmax_cross_entropy_with_integer_labels": Same("cross_entropy"),
    "optax.softmax_cross_entropy": Same(
        "cross_entropy",
        "smooth_labels goes before it, where ours is an argument",
        lambda entry, tensors: {**tensors, "label_smoothing": entry.settings.get("alpha", 0.0)},
    ),
    "optax.safe_softmax_cross_entropy": Same("cross_entropy"),
    "optax.kl_divergence": Same("kl_divergence", "given log p"),
    "optax.poly_loss_cross_entropy": Same(
        "poly1_cross_entropy",
        "epsilon is our poly_epsilon",
        lambda entry, tensors: {**tensors, "poly_epsilon": entry.settings["epsilon"]},
    ),
    "optax.dice_loss": Same(
        "dice_loss",
        "(I + s) / (P/2 + T/2 + s), so its smooth is half of ours; classes last, one-hot",
        dice_with_classes_last,
    ),
    # ------------------------------------------------------------------------------------- mmdetection
    "mmdet.GHMC": Same(
        "ghm_classification_loss",
        "1.2e-7 is added to the number of elements",
        ghm_bins,
        times=without_epsilon,
    ),
    "mmdet.GHMR": Same(
        "ghm_regression_loss",
        "1.2e-7 is added to the number of elements",
        only("mu", "bins"),
        times=without_epsilon,
    ),
    "mmdet.iou_loss": Same("iou_loss", "the same if eps is 1e-7 for log and 0 for linear", only("mode")),
    "mmdet.giou_loss": Same(
        "giou_loss",
        "denominators are bounded from below, as ours; the union also where it is subtracted",
        only(),
        rtol=eps_of_no_area,
    ),
    "mmdet.diou_loss": Same("diou_loss", PLUS_EPS, only(), rtol=eps_in_areas),
    "mmdet.ciou_loss": Same("ciou_loss", PLUS_EPS, only(), rtol=eps_in_areas_and_alpha),
}


# ------------------------------------------------------------------------------- what differs on purpose


class Different(NamedTuple):
    because: str
    # our value and gradient instead of theirs; None where ours is theirs
    value: Callable[[Entry], np.ndarray] | None
    gradient: Callable[[Entry], np.ndarray] | None
    when: Callable[[Entry], bool] = lambda entry: True


def mean(entry):
    return entry.reduction == "mean"


def linear(entry):
    return entry.settings["mode"] == "linear"


def nothing(entry):
    return np.zeros_like(entry.value)


def flat(entry):
    return np.zeros_like(entry.gradient)


def clipped(entry):
    """From probabilities of exactly 0 and 1, with our epsilon of 1e-7."""
    right = entry.arrays["input"] == entry.arrays["label"]
    return reduced(np.where(right, -np.log1p(-1e-7), -np.log(1e-7)), entry)


def reduced(elements, entry):
    return elements if entry.reduction == "none" else getattr(np, entry.reduction)(elements)


def two_term_focal(entry):
    positive, negative, log_p, log_q = focal_terms(entry)
    return reduced(-positive * log_p - negative * log_q, entry)


def two_term_slope(entry):
    positive, negative, log_p, log_q = focal_terms(entry)
    p, q, gamma = np.exp(log_p), np.exp(log_q), entry.settings.get("gamma", 2.0)
    slope = positive * (gamma * p * log_p - q) + negative * (p - gamma * q * log_q)
    return slope / (slope.size if entry.reduction == "mean" else 1)


def focal_terms(entry):
    """The factors of both terms, log p and log(1 - p)."""
    x, y = entry.arrays["input"], entry.arrays["label"]
    alpha, gamma = entry.settings.get("alpha", 0.25), entry.settings.get("gamma", 2.0)
    log_p, log_q = -np.logaddexp(0, -x), -np.logaddexp(0, x)
    positive, negative = y * np.exp(gamma * log_q), (1 - y) * np.exp(gamma * log_p)
    if alpha is not None:
        positive, negative = positive * alpha, negative * (1 - alpha)
    return positive, negative, log_p, log_q


class Between(NamedTuple):
    """At a corner of the loss, any slope between those of the two sides will do."""

    low: np.ndarray
    high: np.ndarray


def between_sides(entry, step=1e-6):
    """Of our own loss, along each coordinate."""
    input = entry.arrays["input"]
    here, sides = loss(entry, paddle.to_tensor(input)), np.empty([2, *input.shape])
    for index in np.ndindex(*sides.shape):
        moved, change = input.copy(), step if index[0] else -step
        moved[index[1:]] += change
        sides[index] = (loss(entry, paddle.to_tensor(moved)) - here).sum().item() / change
    return Between(sides.min(0) - 1e-5, sides.max(0) + 1e-5)


def torchvisions_ciou(entry):
    """Their entry of the same boxes."""
    for other in ENTRIES:
        if other.name == "torchvision.complete_box_iou_loss":
            theirs, wanted = [[*e.arrays["input"].tolist(), e.reduction] for e in (other, entry)]
            if theirs == wanted:
                return other
    raise LookupError(f"torchvision is not recorded for {entry.case}")


def torchvisions_value(entry):
    return torchvisions_ciou(entry).value


def torchvisions_gradient(entry):
    return torchvisions_ciou(entry).gradient


NOTHING_WEIGHED = "0/0 is NaN; here what was not weighed costs nothing and teaches nothing"
SOFT_FOCAL = "of soft labels it fades one mixed probability; here both terms count, each with its own"
EXACTLY_0 = "eps leaves 1e-9 of loss and slope; here equal boxes have none"
CORNER = "at a corner it takes another slope"
SIZE_0 = "a size of 0 is a corner, where it takes another slope"
ALPHA_CUT = "alpha is 0 for IoU <= 0.5, as in the second paper; here as in the first and in torchvision"

DIFFERENT = {
    ("F.cross_entropy", "all ignored"): Different(NOTHING_WEIGHED, nothing, None, mean),
    ("F.cross_entropy", "only weights of 0"): Different(NOTHING_WEIGHED, nothing, flat, mean),
    ("F.mse_loss", "empty"): Different(NOTHING_WEIGHED, nothing, None, mean),
    ("F.binary_cross_entropy", "certain"): Different(
        "it bounds log p by -100, and the gradient by 1e12; here p is clipped by epsilon", clipped, flat
    ),
    ("torchvision.sigmoid_focal_loss", "soft"): Different(SOFT_FOCAL, two_term_focal, two_term_slope),
    ("optax.sigmoid_focal_loss", "soft"): Different(SOFT_FOCAL, two_term_focal, two_term_slope),
    ("torchvision.sigmoid_focal_loss", "certain"): Different(
        "the slope of 0 ** 0.5 is infinite, and times 0 NaN", two_term_focal, two_term_slope
    ),
    ("optax.hinge_loss", "on the margin"): Different(CORNER, None, between_sides),
    ("optax.multiclass_hinge_loss", "equal scores"): Different(CORNER, None, between_sides),
    ("torchvision.generalized_box_iou_loss", "the same"): Different(EXACTLY_0, nothing, flat),
    ("torchvision.distance_box_iou_loss", "the same"): Different(EXACTLY_0, nothing, flat),
    ("torchvision.complete_box_iou_loss", "the same"): Different(EXACTLY_0, nothing, flat),
    ("mmdet.diou_loss", "the same"): Different(EXACTLY_0, nothing, flat),
    ("mmdet.ciou_loss", "the same"): Different(EXACTLY_0, nothing, flat),
    ("torchvision.generalized_box_iou_loss", "common edge"): Different(CORNER, None, between_sides),
    ("mmdet.iou_loss", "common edge"): Different(CORNER, None, between_sides, linear),
    ("mmdet.giou_loss", "common edge"): Different(CORNER, None, between_sides),
    ("mmdet.diou_loss", "common edge"): Different(CORNER, None, between_sides),
    ("torchvision.generalized_box_iou_loss", "no area"): Different(SIZE_0, None, between_sides),
    ("torchvision.distance_box_iou_loss", "no area"): Different(SIZE_0, None, between_sides),
    ("mmdet.iou_loss", "no area"): Different(SIZE_0, None, between_sides, linear),
    ("mmdet.giou_loss", "no area"): Different(SIZE_0, None, between_sides),
    ("mmdet.diou_loss", "no area"): Different(SIZE_0, None, between_sides),
    ("torchvision.generalized_box_iou_loss", "no areas"): Different(SIZE_0, None, between_sides),
    ("torchvision.distance_box_iou_loss", "no areas"): Different(SIZE_0, None, between_sides),
    ("mmdet.giou_loss", "no areas"): Different(SIZE_0, None, between_sides),
    ("mmdet.diou_loss", "no areas"): Different(SIZE_0, None, between_sides),
    ("mmdet.ciou_loss", "pixels"): Different(ALPHA_CUT, torchvisions_value, torchvisions_gradient),
    ("mmdet.ciou_loss", "large"): Different(ALPHA_CUT, torchvisions_value, torchvisions_gradient),
    ("mmdet.ciou_loss", "common edge"): Different(ALPHA_CUT, torchvisions_value, torchvisions_gradient),
}


# ----------------------------------------------------------------------------------------------- the tests


def read(peer):
    for recorded in json.loads((FOLDER / f"{peer}.json").read_text())["entries"]:
        arrays = {name: np.array(array) for name, array in recorded["arrays"].items()}
        for reduction, value in recorded["value"].items():
            # the gradients of "sum" and of the sum of "none" are one
            gradient = recorded["gradient"].get(reduction, recorded["gradient"].get("sum"))
            gradient = np.array(gradient).reshape(arrays["input"].shape)
            call = recorded["call"].replace("reduction=reduction", f"reduction='{reduction}'")
            name, case, settings = call.split("(")[0], recorded["case"], recorded["settings"]
            yield Entry(name, call, case, settings, arrays, reduction, np.array(value), gradient)


ENTRIES = [entry for peer in PEERS for entry in read(peer)]


def difference(entry):
    found = DIFFERENT.get((entry.name, entry.case))
    return found if found and found.when(entry) else None


def loss(entry, input):
    """Our loss of ``input``, and of the entry's other arrays."""
    same = SAME[entry.name]
    tensors = {name: paddle.to_tensor(array) for name, array in entry.arrays.items()}
    arguments = same.call(entry, {**tensors, "input": input})
    reduction = "mean" if entry.reduction == "batchmean" else entry.reduction
    return getattr(losses, same.ours)(**arguments, reduction=reduction)


def ours(entry):
    input = paddle.to_tensor(entry.arrays["input"], stop_gradient=False)
    value = loss(entry, input)
    if not input.size:  # Paddle 2.6 has no gradient for it
        return value.numpy(), np.zeros(input.shape)
    value.sum().backward()
    return value.numpy(), input.grad.numpy()


def theirs(entry):
    same = SAME[entry.name]
    value = same.elements(entry) if entry.reduction == "none" else entry.value
    return value * same.times(entry), entry.gradient * same.times(entry)


def agrees(entry, actual, wanted):
    if isinstance(wanted, Between):
        return bool(((wanted.low <= actual) & (actual <= wanted.high)).all())
    rtol = SAME[entry.name].rtol(entry)
    # zero, as far as numbers of this size can tell
    atol = rtol * 1e-3 * min(1, np.abs(wanted).max(initial=0))
    return actual.shape == wanted.shape and np.allclose(actual, wanted, rtol, atol)


def by_entry(entries):
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: f"{entry.call}, {entry.case}")


@by_entry([entry for entry in ENTRIES if not difference(entry)])
def test_the_same(entry):
    for actual, wanted in zip(ours(entry), theirs(entry)):
        assert agrees(entry, actual, wanted), f"\nours\n{actual}\ntheirs\n{wanted}"


@by_entry([entry for entry in ENTRIES if difference(entry)])
def test_different(entry):
    (value, gradient), recorded = ours(entry), theirs(entry)
    different = difference(entry)
    wanted_value = different.value(entry) if different.value else recorded[0]
    wanted_gradient = different.gradient(entry) if different.gradient else recorded[1]
    assert agrees(entry, value, wanted_value), f"\nours\n{value}\nwanted\n{wanted_value}"
    assert agrees(entry, gradient, wanted_gradient), f"\nours\n{gradient}\nwanted\n{wanted_gradient}"
    same = agrees(entry, value, recorded[0]) and agrees(entry, gradient, recorded[1])
    assert not same, "it is the same now: take it out of DIFFERENT"


def test_every_convention_is_of_something_recorded():
    assert set(SAME) == {entry.name for entry in ENTRIES}
    assert set(DIFFERENT) <= {(entry.name, entry.case) for entry in ENTRIES}
