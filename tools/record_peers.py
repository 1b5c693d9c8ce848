"""Record what other frameworks compute where they have a loss that we have, for tests/test_peers.py.

It needs an environment of its own:

    pip install torch torchvision monai optax mmdet
    python tools/record_peers.py

Every entry holds the call as text, which is what was run, its arrays, its value, and the gradient of that
value (of the sum of its elements) with respect to ``input``. All in float64. The arrays are rounded, so
that they read well and are the same on every machine.
"""

import functools
import importlib
import itertools
import json
import platform
import sys
import types
from importlib import metadata, util
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import jax
import numpy as np
import optax
import torch

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "data" / "peers"
REDUCTIONS = ("mean", "sum", "none")
ALONE = ("none",)  # of a function that knows no reductions
DISTRIBUTIONS = {"mmdetection": "mmdet"}

jax.config.update("jax_enable_x64", True)


class Call(NamedTuple):
    form: str  # what is run, with {} for all arguments but input and label
    case: str  # what is special about the arrays
    arrays: dict
    settings: dict
    reductions: tuple = REDUCTIONS


def main():
    for name, calls, evaluate in PEERS:
        entries = [entry(call, evaluate) for call in calls()]
        write(name, entries)
        results = sum(len(e["value"]) for e in entries)
        print(f"{name}: {len(entries)} calls, with their reductions {results}")


def write(peer, entries):
    """One line for each entry."""
    versions = [f"{peer} {metadata.version(DISTRIBUTIONS.get(peer, peer))}"]
    if peer != "torch":
        versions.append(f"jax {jax.__version__}" if peer == "optax" else f"torch {torch.__version__}")
    origin = ", ".join([*versions, f"NumPy {np.__version__}", f"Python {platform.python_version()}", "CPU"])
    lines = ",\n".join(json.dumps(e) for e in entries)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{peer}.json").write_text(f'{{"origin": "{origin}", "entries": [\n{lines}\n]}}\n')


def entry(call, evaluate):
    text, value, gradient = written(call), {}, {}
    for reduction in call.reductions:
        value[reduction], gradient[reduction] = evaluate(text, call.arrays, reduction)
    if "sum" in value and "none" in value:  # they have the same gradient, so one is enough
        np.testing.assert_array_equal(gradient.pop("none"), gradient["sum"])
    return {
        "call": text,
        "case": call.case,
        "settings": call.settings,
        "arrays": {name: array.tolist() for name, array in call.arrays.items()},
        "value": {reduction: digits(result) for reduction, result in value.items()},
        "gradient": {reduction: digits(result) for reduction, result in gradient.items()},
    }


def digits(result):
    """As lists, with 15 digits: the last two differ from machine to machine."""
    return np.array([float(f"{x:.15g}") for x in result.ravel()]).reshape(result.shape).tolist()


def written(call):
    """The call with all its arguments, as it is run."""
    arguments = [f"{name}={name}" for name in call.arrays if name not in ("input", "label")]
    arguments += [f"{name}={value!r}" for name, value in call.settings.items()]
    if call.reductions != ALONE:
        arguments.append("reduction=reduction")
    return call.form.format(", ".join(arguments)).replace(", )", ")")


def by_torch(text, arrays, reduction):
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    tensors["input"].requires_grad_()
    value = eval(text, namespace(), {**tensors, "reduction": reduction})
    if value.dtype != torch.float64:
        raise TypeError(f"{text} is computed in {value.dtype}")
    value.sum().backward()
    return value.detach().numpy(), tensors["input"].grad.numpy()


def by_torch_in_double(text, arrays, reduction):
    """For mmdetection, which casts labels to float32 and then the loss along with them."""
    with mock.patch.object(torch.Tensor, "float", torch.Tensor.double):
        return by_torch(text, arrays, reduction)


def by_jax(text, arrays, reduction):
    def value(input):
        return eval(text, {"optax": optax.losses, "jax": jax}, {**tensors, "input": input})

    tensors = {name: jax.numpy.asarray(array) for name, array in arrays.items()}
    tensors["reduction"] = reduction
    result = value(tensors["input"])
    if result.dtype != np.float64:
        raise TypeError(f"{text} is computed in {result.dtype}")
    gradient = jax.grad(lambda input: value(input).sum())(tensors["input"])
    return np.asarray(result), np.asarray(gradient)


# ------------------------------------------------------------------------------------ where the calls live


@functools.lru_cache
def namespace():
    """The functions of all peers made of torch, under the names that the calls have."""
    monai = importlib.import_module("monai.losses")  # before there is half a torchvision
    torchvision, mmdet = torchvision_losses(), mmdetection_losses()
    functions = {"F": torch.nn.functional, "log": torch.log, "ones_like": torch.ones_like}
    return {**functions, "torchvision": torchvision, "monai": monai, "mmdet": mmdet}


def torchvision_losses():
    """The four losses, without the compiled operators, which only fit the torch they were built for."""
    folders_only("torchvision", "torchvision.ops")
    names = {
        "focal_loss": "sigmoid_focal_loss",
        "giou_loss": "generalized_box_iou_loss",
        "diou_loss": "distance_box_iou_loss",
        "ciou_loss": "complete_box_iou_loss",
    }
    modules = {name: importlib.import_module(f"torchvision.ops.{name}") for name in names}
    return types.SimpleNamespace(**{name: getattr(modules[m], name) for m, name in names.items()})


def mmdetection_losses():
    """The losses, without the detectors, which want compiled operators of another package."""
    folders_only("mmdet", "mmdet.models", "mmdet.models.losses", "mmdet.structures", "mmdet.structures.bbox")
    registry = types.SimpleNamespace(register_module=lambda: lambda kind: kind)
    sys.modules["mmdet.registry"] = types.ModuleType("mmdet.registry")
    sys.modules["mmdet.registry"].MODELS = registry  # it only lists the classes by name
    overlaps = importlib.import_module("mmdet.structures.bbox.bbox_overlaps")
    sys.modules["mmdet.structures.bbox"].bbox_overlaps = overlaps.bbox_overlaps
    ghm = importlib.import_module("mmdet.models.losses.ghm_loss")
    boxes = importlib.import_module("mmdet.models.losses.iou_loss")
    names = ("iou_loss", "giou_loss", "diou_loss", "ciou_loss")
    return types.SimpleNamespace(
        GHMC=ghm.GHMC, GHMR=ghm.GHMR, **{name: getattr(boxes, name) for name in names}
    )


def folders_only(package, *subpackages):
    """Let modules of a package be imported without what the package itself imports."""
    folder = Path(util.find_spec(package).origin).parent
    for name in (package, *subpackages):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(folder.joinpath(*name.split(".")[1:]))]


# ------------------------------------------------------------------------------------------------- arrays


def grid(**choices):
    """Every combination, as settings."""
    for values in itertools.product(*choices.values()):
        yield dict(zip(choices, values))


def normal(seed, *shape, scale=1.5):
    return (np.random.default_rng(seed).standard_normal(shape) * scale).round(2)


def shares(seed, *shape, axis=1):
    """Distributions along ``axis``, sharp ones (0 and 1) among them."""
    shape = list(shape)
    classes = shape.pop(axis)
    q = np.random.default_rng(seed).dirichlet(np.full(classes, 0.7), shape)
    q = np.floor(q * 100) / 100
    q[(0,) * len(shape)] = 0
    q[..., -1] = (1 - q[..., :-1].sum(-1)).round(2)
    return np.moveaxis(q, -1, axis)


def class_ids(seed, classes, *shape):
    return np.random.default_rng(seed).integers(0, classes, shape)


def with_ignored(ids, ignored):
    """A copy in which every third label is ``ignored``."""
    ids = ids.copy()
    ids.ravel()[1::3] = ignored
    return ids


def one_hot(ids, classes, axis=1):
    return np.moveaxis(np.eye(classes)[ids], -1, axis)


# -------------------------------------------------------------------------------------------------- torch

SHAPES = {"rows": (4, 3), "positions": (2, 3, 2), "pixels": (2, 3, 2, 2)}
CROSS_ENTROPY = "F.cross_entropy(input, label, {})"
CLASS_WEIGHT = np.array([0.5, 2.0, 1.25])


def torch_calls():
    yield from cross_entropy_of_ids()
    yield from cross_entropy_at_the_edges()
    yield from cross_entropy_of_shares()
    yield from nll_and_kl()
    yield from torch_regression()
    yield from torch_binary()
    yield from torch_margins()


def cross_entropy_of_ids():
    options = itertools.product(SHAPES.items(), (False, True), (None, -100, 255))
    for (case, shape), weighted, ignored in options:
        ids = class_ids(len(shape), 3, shape[0], *shape[2:])
        arrays = {"input": normal(len(shape), *shape), "label": ids}
        if ignored is not None:
            arrays["label"] = with_ignored(ids, ignored)
        if weighted:
            arrays["weight"] = CLASS_WEIGHT
        for settings in grid(label_smoothing=(0.0, 0.1, 0.3)):
            if ignored == 255:
                settings["ignore_index"] = 255
            yield Call(CROSS_ENTROPY, case, arrays, settings)


def cross_entropy_at_the_edges():
    logits, ids, weight = normal(11, 4, 3), np.array([0, 1, 2, 1]), np.array([1.5, 0.0, 1.0])
    extreme = np.array([[1e4, -1e4, 0.0], [-100.0, 100.0, 100.0], [0.0, 0.0, 0.0], [-1e4, 1e4, -1e4]])
    plain = {"input": logits, "label": ids}
    for smoothing in (0.0, 0.1):
        settings = {"label_smoothing": smoothing}
        ignored = {"ignore_index": 1, **settings}
        yield Call(CROSS_ENTROPY, "all ignored", {**plain, "label": np.full(4, -100)}, settings)
        yield Call(CROSS_ENTROPY, "a class is ignored", plain, ignored)
        yield Call(CROSS_ENTROPY, "extreme logits", {**plain, "input": extreme}, settings)
        yield Call(CROSS_ENTROPY, "a weight of 0", {**plain, "weight": weight}, settings)
        only = {**plain, "label": np.full(4, 1), "weight": weight}
        yield Call(CROSS_ENTROPY, "only weights of 0", only, settings)


def cross_entropy_of_shares():
    for (case, shape), weighted in itertools.product(SHAPES.items(), (False, True)):
        arrays = {"input": normal(len(shape), *shape), "label": shares(len(shape), *shape)}
        if weighted:
            arrays["weight"] = CLASS_WEIGHT
        for settings in grid(label_smoothing=(0.0, 0.1, 0.3)):
            yield Call(CROSS_ENTROPY, f"shares of {case}", arrays, settings)


def nll_and_kl():
    probabilities = np.clip(shares(21, 4, 3), 0.01, 0.98)
    arrays = {"input": probabilities, "label": with_ignored(np.array([0, 1, 2, 1]), -100)}
    nll, kl = "F.nll_loss(log(input), label, {})", "F.kl_div(F.log_softmax(input, 1), label, {})"
    yield Call(nll, "rows", arrays, {})
    yield Call(nll, "rows", {**arrays, "weight": CLASS_WEIGHT}, {})
    for case in ("rows", "positions"):
        arrays = {"input": normal(22, *SHAPES[case]), "label": shares(23, *SHAPES[case])}
        yield Call(kl, case, arrays, {}, ("batchmean", *REDUCTIONS))


def errors():
    """Pairs with errors of 0, of exactly 0.5, 1 and 2, and of every size."""
    label = np.array([0.0, 1.0, -2.0, 0.5, 3.0, -1.0, 0.25, 100.0])
    error = np.array([0.0, 0.5, -1.0, 2.0, 0.01, -5.0, 1000.0, 0.75])
    return {"input": label + error, "label": label}


def torch_regression():
    yield Call("F.l1_loss(input, label, {})", "errors", errors(), {})
    yield Call("F.mse_loss(input, label, {})", "errors", errors(), {})
    for delta in (0.5, 1.0, 2.0):
        yield Call("F.huber_loss(input, label, {})", "errors", errors(), {"delta": delta})
    for beta in (0.0, 0.5, 1.0, 2.0):
        yield Call("F.smooth_l1_loss(input, label, {})", "errors", errors(), {"beta": beta})
    empty = {"input": np.zeros([0, 3]), "label": np.zeros([0, 3])}
    yield Call("F.mse_loss(input, label, {})", "empty", empty, {})


def torch_binary():
    logits, p = normal(31, 4, 3, scale=4), np.random.default_rng(32).uniform(0.01, 0.99, (4, 3)).round(2)
    hard, soft = class_ids(33, 2, 4, 3).astype(float), p[::-1].copy()
    weight = np.array([[1.0, 0.0, 2.0], [0.5, 1.0, 1.0], [3.0, 0.0, 0.0], [1.0, 1.0, 0.25]])
    extreme = np.array([[0.0, 1e4, -1e4], [100.0, -100.0, 40.0], [-40.0, 1e-9, -1e-9], [700.0, -700.0, 20.0]])
    form = "F.binary_cross_entropy_with_logits(input, label, {})"
    for case, input, label in (("hard", logits, hard), ("soft", logits, soft), ("extreme", extreme, hard)):
        arrays = {"input": input, "label": label}
        yield Call(form, case, arrays, {})
        yield Call(form, case, {**arrays, "pos_weight": CLASS_WEIGHT}, {})
    yield Call(form, "weighted", {"input": logits, "label": hard, "weight": weight}, {})
    form = "F.binary_cross_entropy(input, label, {})"
    yield Call(form, "hard", {"input": p, "label": hard}, {})
    yield Call(form, "soft", {"input": p, "label": soft}, {})
    yield Call(form, "weighted", {"input": p, "label": hard, "weight": weight}, {})
    certain = {"input": np.array([0.0, 1.0, 0.0, 1.0]), "label": np.array([0.0, 1.0, 1.0, 0.0])}
    yield Call(form, "certain", certain, {})


def torch_margins():
    arrays = {"input": normal(42, 4, 3, scale=4), "label": class_ids(41, 2, 4, 3) * 2.0 - 1}
    yield Call("F.soft_margin_loss(input, label, {})", "scores", arrays, {})
    arrays = {"input": normal(43, 4, 3), "label": np.array([0, 1, 2, 1])}
    for margin in (0.5, 1.0):
        yield Call("F.multi_margin_loss(input, label, {})", "scores", arrays, {"margin": margin})


# -------------------------------------------------------------------------------------------- torchvision

PAIRS = [
    ([10, 12, 40, 36], [20, 18, 55, 50]),  # overlapping
    ([30, 30, 50, 45], [22, 15, 61, 64]),  # prediction inside
    ([5, 8, 90, 70], [33, 20, 52, 61]),  # label inside
    ([20, 2, 30, 60], [3, 22, 64, 33]),  # crossing
    ([0, 0, 9, 7], [15, 12, 40, 27]),  # apart
    ([50, 50, 80.5, 71], [49, 51, 80, 70.5]),  # almost the same
]
BOXES = {
    "pixels": PAIRS,
    "large": np.multiply(PAIRS, 1e5),  # a 1e-7 added to an area is below the rounding
    "no area": [
        ([5, 5, 5, 5], [1, 2, 9, 11]),  # a point in the label
        ([20, 0, 20, 9], [1, 2, 9, 11]),  # a line outside of it
        ([4, 1, 4, 30], [1, 2, 9, 11]),  # a line through it
        ([1, 1, 6, 8], [3, 4, 3, 4]),  # the label is a point
    ],
    "no areas": [([5, 5, 5, 5], [5, 5, 5, 5]), ([1, 2, 1, 6], [3, 4, 7, 4])],
    "the same": [([1, 2, 9, 11], [1, 2, 9, 11]), ([0, 0, 100, 50], [0, 0, 100, 50])],
    "common edge": [
        ([1, 3, 6, 8], [1, 2, 9, 11]),  # from within
        ([9, 3, 15, 10], [1, 2, 9, 11]),  # from without
    ],
}


def boxes(case):
    pairs = np.array(BOXES[case], float)
    return {"input": pairs[:, 0], "label": pairs[:, 1]}


def torchvision_calls():
    form = "torchvision.sigmoid_focal_loss(input, label, {})"
    logits, hard = normal(51, 4, 3, scale=3), class_ids(52, 2, 4, 3).astype(float)
    for settings in grid(alpha=(0.25, 0.6, -1), gamma=(0.0, 0.5, 2.0)):
        yield Call(form, "hard", {"input": logits, "label": hard}, settings)
    soft = np.random.default_rng(53).uniform(0, 1, (4, 3)).round(2)
    yield Call(form, "soft", {"input": logits, "label": soft}, {})
    certain = {"input": np.array([50.0, -50.0, 50.0]), "label": np.array([1.0, 0.0, 0.0])}
    yield Call(form, "certain", certain, {"gamma": 0.5})
    for name in ("generalized_box_iou_loss", "distance_box_iou_loss", "complete_box_iou_loss"):
        form = f"torchvision.{name}(input, label, {{}})"
        for case in ("pixels", "the same", "common edge"):
            yield Call(form, case, boxes(case), {})
        yield Call(form, "large", boxes("large"), {"eps": 0.0})
        if name != "complete_box_iou_loss":  # whose aspect ratios are 0/0 then
            yield Call(form, "no area", boxes("no area"), {})
            yield Call(form, "no areas", boxes("no areas"), {})


# -------------------------------------------------------------------------------------------------- MONAI


def monai_calls():
    yield from dice_of_classes()
    yield from dice_of_labels()
    yield from dice_of_masks()
    yield from monai_focal()


DICE = "monai.DiceLoss({})(input, label)"


def dice_of_classes():
    logits, ids = normal(61, 2, 3, 2, 2), class_ids(62, 3, 2, 2, 2)
    ids[0][ids[0] == 2] = 1  # a class without foreground
    # Not to_onehot_y, which would be in float32; where pixels are ignored, it becomes float64 again.
    arrays, ignored = {"input": logits, "label": one_hot(ids, 3)}, with_ignored(ids, 255)[:, None]
    for settings in grid(squared_pred=(False, True), batch=(False, True), include_background=(True, False)):
        yield Call(DICE, "classes", arrays, {"softmax": True, **settings})
    for settings in grid(squared_pred=(False, True), batch=(False, True)):
        yield Call(DICE, "classes", arrays, {"softmax": True, **settings, "smooth_nr": 1.0, "smooth_dr": 1.0})
        settings = {"softmax": True, "to_onehot_y": True, **settings, "ignore_index": 255}
        yield Call(DICE, "ignored pixels", {**arrays, "label": ignored}, settings)


def dice_of_labels():
    logits, labels = normal(63, 2, 3, 2, 2), class_ids(64, 2, 2, 3, 2, 2).astype(float)
    for settings in grid(squared_pred=(False, True), batch=(False, True), include_background=(True, False)):
        yield Call(DICE, "labels", {"input": logits, "label": labels}, {"sigmoid": True, **settings})
    binary = {"input": logits[:, :1], "label": labels[:, :1]}
    for settings in grid(squared_pred=(False, True), batch=(False, True)):
        yield Call(DICE, "one label", binary, {"sigmoid": True, **settings})


def dice_of_masks():
    masks = one_hot(np.array([[[0, 0], [0, 0]], [[1, 1], [1, 1]]]), 3)
    for settings in grid(squared_pred=(False, True), batch=(False, True)):
        yield Call(DICE, "identical masks", {"input": masks, "label": masks}, settings)
        yield Call(DICE, "disjoint masks", {"input": np.roll(masks, 1, axis=1), "label": masks}, settings)


def monai_focal():
    rows = {"input": normal(66, 3, 4, scale=3), "label": one_hot(np.array([0, 2, 3]), 4)}
    positions = {"input": normal(67, 2, 3, 2), "label": one_hot(class_ids(68, 3, 2, 2), 3)}
    for settings in grid(gamma=(0.0, 1.5, 2.0), alpha=(None, 0.25)):
        for case, arrays in (("rows", rows), ("positions", positions)):
            yield Call("monai.focal_loss.softmax_focal_loss(input, label, {})", case, arrays, settings, ALONE)
    logits = np.array([[0.0, 1e3, -1e3], [100.0, -100.0, 40.0], [-40.0, 700.0, -700.0]])
    labels = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    extreme = {"input": logits, "label": labels}
    for settings in grid(gamma=(0.0, 0.5, 2.0), alpha=(None, 0.25)):
        for case, arrays in (("rows", rows), ("extreme", extreme)):
            yield Call("monai.focal_loss.sigmoid_focal_loss(input, label, {})", case, arrays, settings, ALONE)


# -------------------------------------------------------------------------------------------------- optax


def optax_calls():
    for name in ("squared_error", "l2_loss", "log_cosh"):
        yield Call(f"optax.{name}(input, label, {{}})", "errors", errors(), {}, ALONE)
    for delta in (0.5, 1.0, 2.0):
        yield Call("optax.huber_loss(input, label, {})", "errors", errors(), {"delta": delta}, ALONE)
    yield from optax_binary()
    yield from optax_classes()
    yield from optax_dice()


def optax_binary():
    logits, label = normal(71, 4, 3, scale=3), class_ids(72, 2, 4, 3).astype(float)
    hard = {"input": logits, "label": label}
    soft = {"input": logits, "label": np.random.default_rng(73).uniform(0, 1, (4, 3)).round(2)}
    focal, hinge = "optax.sigmoid_focal_loss(input, label, {})", "optax.hinge_loss(input, label, {})"
    for case, arrays in (("hard", hard), ("soft", soft)):
        yield Call("optax.sigmoid_binary_cross_entropy(input, label, {})", case, arrays, {}, ALONE)
    for settings in grid(alpha=(None, 0.25), gamma=(0.0, 0.5, 2.0)):
        yield Call(focal, "hard", hard, settings, ALONE)
    yield Call(focal, "soft", soft, {"alpha": None, "gamma": 2.0}, ALONE)
    yield Call(hinge, "scores", {"input": logits, "label": label * 2 - 1}, {}, ALONE)
    on_the_margin = {"input": np.array([1.0, -1.0]), "label": np.array([1.0, -1.0])}
    yield Call(hinge, "on the margin", on_the_margin, {}, ALONE)


def optax_classes():
    scores, ids = normal(74, 4, 3, scale=2), np.array([0, 1, 2, 1])
    equal, deep = np.zeros([4, 3]), {"input": normal(76, 2, 3, 2), "label": class_ids(77, 3, 2, 2)}
    hinge = "optax.multiclass_hinge_loss(input, label, {})"
    yield Call(hinge, "scores", {"input": scores, "label": ids}, {}, ALONE)
    yield Call(hinge, "equal scores", {"input": equal, "label": ids}, {}, ALONE)
    integer = "optax.softmax_cross_entropy_with_integer_labels(input, label, {})"
    yield Call(integer, "rows", {"input": scores, "label": ids}, {}, ALONE)
    yield Call(integer, "positions", deep, {"axis": 1}, ALONE)
    for case, label in (("hard", one_hot(ids, 3)), ("soft", shares(75, 4, 3))):
        yield from optax_distributions(case, {"input": scores, "label": label})


def optax_distributions(case, arrays):
    yield Call("optax.softmax_cross_entropy(input, label, {})", case, arrays, {}, ALONE)
    yield Call("optax.safe_softmax_cross_entropy(input, label, {})", case, arrays, {}, ALONE)
    yield Call("optax.kl_divergence(jax.nn.log_softmax(input), label, {})", case, arrays, {}, ALONE)
    for alpha in (0.1, 0.3):
        form = "optax.softmax_cross_entropy(input, optax.smooth_labels(label, {}))"
        yield Call(form, f"{case}, smoothed", arrays, {"alpha": alpha}, ALONE)
    for epsilon in (-1.0, 0.5, 2.0):
        form = "optax.poly_loss_cross_entropy(input, label, {})"
        yield Call(form, case, arrays, {"epsilon": epsilon}, ALONE)


def optax_dice():
    labels = one_hot(class_ids(78, 3, 2, 2, 3), 3, axis=-1)
    arrays = {"input": normal(79, 2, 2, 3, 3), "label": labels}
    form = "optax.dice_loss(input, label, reduction='none', {})"
    for settings in grid(smooth=(1e-5, 1.0), ignore_background=(False, True)):
        yield Call(form, "classes", arrays, settings, ALONE)
    binary = {"input": normal(80, 2, 2, 3, 1), "label": labels[..., :1]}
    yield Call(form, "one label", binary, {"smooth": 1.0}, ALONE)


# -------------------------------------------------------------------------------------------- mmdetection


def mmdetection_calls():
    yield from mmdetection_ghm()
    yield from mmdetection_boxes()


def mmdetection_ghm():
    form, reductions = "mmdet.GHM{}({{}})(input, label, ones_like(label))", ("mean", "none")
    extreme = np.array([[0.0, 1e4, -1e4, 30.0], [-30.0, 0.0, 1.0, -1.0]])
    hard = np.array([[0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 0.0]])
    cases = {"logits": (normal(81, 5, 4, scale=3), class_ids(82, 2, 5, 4) * 1.0), "extreme": (extreme, hard)}
    for (case, (input, label)), bins in itertools.product(cases.items(), (10, 30)):
        arrays, settings = {"input": input, "label": label}, {"bins": bins, "momentum": 0}
        yield Call(form.format("C"), case, arrays, settings, reductions)
    label, error = normal(83, 5, 4), normal(84, 5, 4, scale=0.2)
    error[0], error[1] = [0.0, 0.0, 100.0, -1e4], [0.001, -0.002, 0.005, 0.01]
    arrays = {"input": label + error, "label": label}
    for settings in grid(mu=(0.02, 0.5), bins=(10, 30), momentum=(0,)):
        yield Call(form.format("R"), "errors", arrays, settings, reductions)


def mmdetection_boxes():
    for case, mode in itertools.product(BOXES, ("linear", "log")):
        settings = {"mode": mode, "eps": 1e-7 if mode == "log" else 0.0}
        yield Call("mmdet.iou_loss(input, label, {})", case, boxes(case), settings)
    for case, name in itertools.product(BOXES, ("giou_loss", "diou_loss", "ciou_loss")):
        if case not in ("no area", "no areas") or name != "ciou_loss":
            settings = {"eps": 0.0} if case == "large" else {}
            yield Call(f"mmdet.{name}(input, label, {{}})", case, boxes(case), settings)


PEERS = (
    ("torch", torch_calls, by_torch),
    ("torchvision", torchvision_calls, by_torch),
    ("monai", monai_calls, by_torch),
    ("optax", optax_calls, by_jax),
    ("mmdetection", mmdetection_calls, by_torch_in_double),
)

if __name__ == "__main__":
    main()
