"""One row per loss: how to make its tensors, what it must equal, which settings to try.

``test_contract.py`` runs every test of the contract on every row, and ``test_public_api.py`` fails
for a public loss that has none.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np
import oracles
import paddle

import paddle_losses as losses
from paddle_losses import nn

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Shapes:
    """What ``Case.tensors`` is asked for: one shape where one will do, many, and empty ones."""

    usual: tuple[int, ...]
    many: tuple[tuple[int, ...], ...]
    empty: tuple[tuple[int, ...], ...]


ANY = Shapes((3, 5), ((), (1,), (7,), (3, 5), (2, 3, 4)), ((0,), (0, 3), (3, 0)))
IMAGES = Shapes((3, 4, 5), ((1, 2, 1), (2, 3), (2, 3, 4), (2, 2, 3, 3)), ((0, 3, 4), (2, 3, 0)))  # [N, C, *]
VECTORS = Shapes((5, 3), ((1, 1), (1, 4), (7, 3)), ((0, 3),))  # [N, D]
SPEAKERS = Shapes((3, 4, 5), ((1, 3, 4), (2, 2, 3), (4, 3, 2)), ((0, 3, 4), (3, 0, 4)))  # [S, U, D]
POINTS = Shapes((5, 3), ((3,), (1, 1), (7, 3), (2, 3, 4)), ((0, 3), (3, 0), (0,)))  # [*, D]
BATCHES = Shapes((6, 3), ((5, 1), (7, 3)), ((0, 3),))  # [N, D], with triplets
ROWS = Shapes((5,), ((1,), (7,)), ((0,),))  # losses of a flat batch


def plainly(layer: type, settings: dict[str, Any], arrays: Arrays) -> Any:
    return layer(**settings)


def with_centres(layer: type, settings: dict[str, Any], arrays: Arrays) -> Any:
    classes, size = arrays["weight"].shape
    made = layer(embedding_size=size, num_classes=classes, **settings)
    made.weight.set_value(arrays["weight"].astype("float32"))
    return made


def with_scale(layer: type, settings: dict[str, Any], arrays: Arrays) -> Any:
    return layer(init_scale=arrays["scale"].item(), init_bias=arrays["bias"].item(), **settings)


class TwoMaps(paddle.nn.Layer):
    """A network of two sublayers: the first gives the image, the second its double."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = paddle.nn.Identity(), paddle.nn.Identity()

    def forward(self, image):
        return self.second(self.first(image) * 2)


def of_two_maps(function: Callable) -> Callable:
    """A function of lists of feature maps as one of two images, with the maps of `TwoMaps`."""

    @functools.wraps(function)
    def of_images(input, label, **settings):
        return function([input, input * 2], [label, label * 2], **settings)

    return of_images


def with_two_maps(layer: type, settings: dict[str, Any], arrays: Arrays) -> Any:
    return layer(TwoMaps(), ["first", "second"], **settings)


@dataclass(frozen=True)
class Case:
    """A loss under test. The first tensor is the prediction, the second the label.

    The oracle takes the tensors and the settings. It gives the loss of every element, or also what
    each counts in the mean: ``(loss, weight)``. If it has a parameter ``held``, that takes the tensors
    from which it computes what is a constant in the gradient.
    """

    function: Callable[..., Any]
    layer: type
    tensors: Callable[[np.random.Generator, tuple[int, ...]], Arrays]
    oracle: Callable[..., Any]
    settings: tuple[dict[str, Any], ...] = ({},)
    differentiable: tuple[str, ...] = ("input",)
    name: str = ""  # where a loss has two rows
    shapes: Shapes = ANY
    rowwise: bool = True  # False: an element's loss depends on the rest of the batch
    apart: tuple[str, ...] = ()  # tensors of any shape: floating, and not beside the prediction
    keeps: tuple[str, ...] = ()  # tensors that the Layer keeps instead of taking them
    adds: tuple[str, ...] = ()  # settings that the Layer has for that
    make: Callable[[type, dict[str, Any], Arrays], Any] = plainly  # a Layer that keeps the tensors in arrays
    takes: tuple[str, ...] = ()  # tensors that the Layer takes to make those of the function
    says: str = "{}"  # what a message calls a tensor
    one_graph: bool = True  # False: extents depend on the data, where the tracer of Paddle 2.6 breaks off

    @property
    def id(self) -> str:
        return self.name or self.function.__name__

    def given(self, arrays: Arrays) -> Arrays:
        """What the Layer is given at a call: all but what it keeps."""
        return {name: array for name, array in arrays.items() if name not in self.keeps}

    @property
    def reduces(self) -> bool:
        return "reduction" in inspect.signature(self.function).parameters

    @property
    def takes_weights(self) -> bool:
        return "sample_weight" in inspect.signature(self.function).parameters


def numbers(rng, shape) -> Arrays:
    return {"input": rng.normal(size=shape) * 3, "label": rng.normal(size=shape) * 3}


def several_quantiles(rng, shape) -> Arrays:
    return {"input": rng.normal(size=(*shape, 3)), "label": rng.normal(size=shape)}


def probabilities(rng, shape) -> Arrays:
    return {"input": rng.uniform(0.02, 0.98, shape), "label": rng.uniform(0.1, 0.9, shape)}


def logits(rng, shape) -> Arrays:
    return {"logit": rng.normal(size=shape) * 4, "label": rng.uniform(0.1, 0.9, shape)}


def scores(rng, shape) -> Arrays:
    return {"input": rng.normal(size=shape) * 2, "label": rng.choice([-1.0, 1.0], shape)}


def class_scores(rng, shape) -> Arrays:
    return {"input": rng.normal(size=(*shape, 4)), "label": rng.integers(0, 4, shape)}


def class_scores_in_front(rng, shape) -> Arrays:
    return {"input": rng.normal(size=(4, *shape)), "label": rng.integers(0, 4, shape)}


def boxes(rng, shape) -> Arrays:
    """Corners: of three boxes one overlaps its label, one lies inside it, one lies apart."""
    place = np.arange(np.prod(shape)).reshape(shape) % 3
    centre, size = rng.uniform(3, 5, (*shape, 2)), rng.uniform(1, 3, (*shape, 2))
    low, high = np.array([0.15, 0.05, 1.3])[place, None], np.array([0.3, 0.1, 2.0])[place, None]
    shift = rng.uniform(low, high, (*shape, 2)) * rng.choice([-1, 1], (*shape, 2))
    scale = rng.uniform(0.7, 1.4, (*shape, 2)) * np.array([1.0, 0.5, 1.0])[place, None]
    input = [centre + shift * size - scale * size / 2, centre + shift * size + scale * size / 2]
    label = [centre - size / 2, centre + size / 2]
    return {"input": np.concatenate(input, -1), "label": np.concatenate(label, -1)}


def class_scores_and_shares(rng, shape) -> Arrays:
    return {"input": rng.normal(size=(*shape, 4)) * 3, "label": distributions(rng, shape)}


def two_distributions(rng, shape) -> Arrays:
    return {"input": distributions(rng, shape), "label": distributions(rng, shape)}


def distributions(rng, shape) -> np.ndarray:
    shares = rng.uniform(0.1, 1, (*shape, 4))
    return shares / shares.sum(-1, keepdims=True)


def class_shares(rng, shape) -> Arrays:
    return {"input": distributions(rng, shape), "label": rng.integers(0, 4, shape)}


def scores_alone(rng, shape) -> Arrays:
    return {"input": rng.normal(size=(*shape, 4)) * 3}


def distributions_alone(rng, shape) -> Arrays:
    return {"input": distributions(rng, shape)}


def noise(rng, shape) -> Arrays:
    return {
        "score": rng.normal(size=shape),
        "noise_score": rng.normal(size=(*shape, 3)),
        "log_prob": np.log(rng.uniform(0.1, 0.9, shape)),
        "noise_log_prob": np.log(rng.uniform(0.1, 0.9, (*shape, 3))),
    }


def class_centres(rng, shape) -> Arrays:
    size = shape[1]
    return {
        "embedding": rng.normal(size=shape),
        "label": rng.integers(0, 4, shape[0]),
        "weight": rng.normal(size=(4, size)),
    }


def queries(rng, shape) -> Arrays:
    return {"query": rng.normal(size=shape), "positive": rng.normal(size=shape)}


def queries_and_negatives(rng, shape) -> Arrays:
    return {**queries(rng, shape), "negatives": rng.normal(size=(4, shape[1]))}


def queries_and_own_negatives(rng, shape) -> Arrays:
    return {**queries(rng, shape), "negatives": rng.normal(size=(shape[0], 2, shape[1]))}


def anchors(rng, shape) -> Arrays:
    return {"anchor": rng.normal(size=shape), "positive": rng.normal(size=shape)}


def anchors_and_negatives(rng, shape) -> Arrays:
    return {**anchors(rng, shape), "hard_negatives": rng.normal(size=(4, shape[1]))}


def anchors_and_own_negatives(rng, shape) -> Arrays:
    return {**anchors(rng, shape), "hard_negatives": rng.normal(size=(shape[0], 2, shape[1]))}


def speeches(rng, shape) -> Arrays:
    return {"embedding": rng.normal(size=shape), "scale": np.ones(1), "bias": np.full(1, -0.5)}


def three_vectors(rng, shape) -> Arrays:
    return {name: rng.normal(size=shape) for name in ("anchor", "positive", "negative")}


def embeddings(rng, shape) -> Arrays:
    return {"embedding": rng.normal(size=shape), "label": np.arange(shape[0]) % 2}


def pairs_of_vectors(rng, shape) -> Arrays:
    anchor, other = rng.normal(size=shape), rng.normal(size=shape)
    return {"anchor": anchor, "other": other, "label": rng.uniform(0.1, 0.9, shape[:-1])}


def pairs_of_scores(rng, shape) -> Arrays:
    label = rng.choice([-1.0, 1.0], shape)
    return {"input": rng.normal(size=shape), "other": rng.normal(size=shape), "label": label}


def images(rng, shape) -> Arrays:
    return {"input": rng.normal(size=shape), "label": rng.normal(size=shape)}


def pixels(rng, shape) -> Arrays:
    n, _, *image = shape
    return {"input": rng.normal(size=shape) * 2, "label": rng.integers(0, shape[1], (n, *image))}


def pixels_and_shares(rng, shape) -> Arrays:
    return {"input": rng.normal(size=shape) * 2, "label": rng.uniform(0.1, 0.9, shape)}


def pixel_probabilities(rng, shape) -> Arrays:
    return {"input": rng.uniform(0.1, 0.9, shape), "label": rng.integers(0, 2, shape).astype(float)}


def grids(rng, shape) -> Arrays:
    input = rng.uniform(0.05, 0.95, (*shape, 3, 3, 13))
    label = rng.uniform(0.05, 0.95, (*shape, 3, 3, 8))
    label[..., 4] = rng.integers(0, 2, (*shape, 3, 3))
    return {"input": input, "label": label}


def grids_of_one_box(rng, shape) -> Arrays:
    arrays = grids(rng, shape)
    return {"input": arrays["input"][..., :8], "label": arrays["label"]}


def samples(rng, shape) -> Arrays:
    return {
        "classification": rng.uniform(0, 2, shape),
        "localization": rng.uniform(0, 2, shape),
        "iou": rng.uniform(0, 1, shape),
    }


def outputs(rng, shape) -> Arrays:
    return {"real": rng.normal(size=shape) * 3, "fake": rng.normal(size=shape) * 3}


def outputs_of_two_shapes(rng, shape) -> Arrays:
    return {"real": rng.normal(size=shape) * 3, "fake": rng.normal(size=(2, *shape)) * 3}


def outputs_and_distances(rng, shape) -> Arrays:
    return {**outputs(rng, shape), "distance": rng.uniform(0, 5, shape)}


def outputs_alone(rng, shape) -> Arrays:
    return {"fake": rng.normal(size=shape) * 3}


BOTH = ("input", "label")
LOGIT = ("logit", "label")

MULTIPLES = ({}, {"margin": 1}, {"margin": 3, "annealing": 2.5})

CASES = [
    # regression
    Case(losses.l1_loss, nn.L1Loss, numbers, oracles.l1, differentiable=BOTH),
    Case(losses.mse_loss, nn.MSELoss, numbers, oracles.mse, differentiable=BOTH),
    Case(
        losses.mean_bias_error,
        nn.MeanBiasErrorLoss,
        numbers,
        oracles.mean_bias_error,
        differentiable=BOTH,
    ),
    Case(
        losses.huber_loss,
        nn.HuberLoss,
        numbers,
        oracles.huber,
        ({}, {"delta": 0.3}, {"delta": 100.0}),
        BOTH,
    ),
    Case(
        losses.smooth_l1_loss,
        nn.SmoothL1Loss,
        numbers,
        oracles.smooth_l1,
        ({}, {"beta": 0.3}, {"beta": 0}),
        BOTH,
    ),
    Case(losses.log_cosh_loss, nn.LogCoshLoss, numbers, oracles.log_cosh, differentiable=BOTH),
    Case(
        losses.quantile_loss,
        nn.QuantileLoss,
        numbers,
        oracles.quantile,
        ({}, {"quantile": 0.9}),
        BOTH,
    ),
    Case(
        losses.quantile_loss,
        nn.QuantileLoss,
        several_quantiles,
        oracles.quantile,
        ({"quantile": [0.1, 0.5, 0.9]},),
        BOTH,
        name="quantile_loss_of_several",
    ),
    # binary
    Case(
        losses.binary_cross_entropy,
        nn.BCELoss,
        probabilities,
        oracles.binary_cross_entropy,
        ({}, {"epsilon": 1e-3}),
        BOTH,
    ),
    Case(
        losses.binary_cross_entropy_with_logits,
        nn.BCEWithLogitsLoss,
        logits,
        oracles.weighted_cross_entropy,
        ({}, {"pos_weight": 3.3}),
        LOGIT,
    ),
    Case(
        losses.weighted_cross_entropy,
        nn.WeightedCrossEntropyLoss,
        logits,
        oracles.weighted_cross_entropy,
        ({}, {"pos_weight": 0.3}),
        LOGIT,
    ),
    Case(
        losses.balanced_cross_entropy,
        nn.BalancedCrossEntropyLoss,
        logits,
        oracles.balanced_cross_entropy,
        ({}, {"beta": 0.7}, {"beta": None}),
        ("logit",),
    ),
    # hinge
    Case(
        losses.hinge_loss,
        nn.HingeLoss,
        scores,
        oracles.hinge,
        ({}, {"margin": 0.3}),
    ),
    Case(
        losses.squared_hinge_loss,
        nn.SquaredHingeLoss,
        scores,
        oracles.squared_hinge,
        ({}, {"margin": 2.2}),
    ),
    Case(
        losses.multiclass_hinge_loss,
        nn.MulticlassHingeLoss,
        class_scores,
        oracles.multiclass_hinge,
        ({}, {"margin": 0.3}, {"variant": "weston_watkins"}, {"margin": 3, "variant": "weston_watkins"}),
    ),
    Case(
        losses.multiclass_hinge_loss,
        nn.MulticlassHingeLoss,
        class_scores_in_front,
        oracles.multiclass_hinge,
        ({"axis": 0},),
        name="multiclass_hinge_loss_along_axis_0",
    ),
    Case(losses.exponential_loss, nn.ExponentialLoss, scores, oracles.exponential),
    Case(losses.logistic_loss, nn.LogisticLoss, scores, oracles.logistic),
    # classification
    Case(
        losses.cross_entropy,
        nn.CrossEntropyLoss,
        class_scores,
        oracles.cross_entropy,
        (
            {},
            {"ignore_index": 1},
            {"label_smoothing": 0.1},
            {"label_smoothing": 0.3, "smoothing_mode": "off_target", "ignore_index": 1},
        ),
    ),
    Case(
        losses.cross_entropy,
        nn.CrossEntropyLoss,
        class_scores_in_front,
        oracles.cross_entropy,
        ({"axis": 0}, {"axis": 0, "label_smoothing": 0.1}),
        name="cross_entropy_along_axis_0",
    ),
    Case(
        losses.cross_entropy,
        nn.CrossEntropyLoss,
        class_scores_and_shares,
        oracles.cross_entropy,
        ({}, {"label_smoothing": 0.1, "smoothing_mode": "off_target"}),
        BOTH,
        name="cross_entropy_of_shares",
    ),
    Case(
        losses.cross_entropy,
        nn.CrossEntropyLoss,
        class_shares,
        oracles.cross_entropy,
        ({"from_logits": False}, {"from_logits": False, "label_smoothing": 0.1, "epsilon": 1e-3}),
        name="cross_entropy_of_probabilities",
    ),
    Case(losses.entropy_loss, nn.EntropyLoss, scores_alone, oracles.entropy),
    Case(
        losses.entropy_loss,
        nn.EntropyLoss,
        distributions_alone,
        oracles.entropy,
        ({"from_logits": False},),
        name="entropy_loss_of_probabilities",
    ),
    Case(
        losses.kl_divergence,
        nn.KLDivergenceLoss,
        class_scores_and_shares,
        oracles.kl_divergence,
        differentiable=BOTH,
    ),
    Case(
        losses.kl_divergence,
        nn.KLDivergenceLoss,
        two_distributions,
        oracles.kl_divergence,
        ({"from_logits": False},),
        BOTH,
        name="kl_divergence_of_probabilities",
    ),
    Case(
        losses.js_divergence,
        nn.JSDivergenceLoss,
        class_scores_and_shares,
        oracles.js_divergence,
        differentiable=BOTH,
    ),
    Case(
        losses.js_divergence,
        nn.JSDivergenceLoss,
        two_distributions,
        oracles.js_divergence,
        ({"from_logits": False},),
        BOTH,
        name="js_divergence_of_probabilities",
    ),
    Case(
        losses.nce_loss,
        nn.NCELoss,
        noise,
        oracles.nce,
        differentiable=("score", "noise_score", "log_prob", "noise_log_prob"),
    ),
    Case(losses.zero_one_loss, nn.ZeroOneLoss, scores, oracles.zero_one),
    Case(
        losses.zero_one_loss,
        nn.ZeroOneLoss,
        class_scores,
        oracles.zero_one,
        name="zero_one_loss_of_classes",
    ),
    Case(
        losses.zero_one_loss,
        nn.ZeroOneLoss,
        class_scores_in_front,
        oracles.zero_one,
        ({"axis": 0},),
        name="zero_one_loss_along_axis_0",
    ),
    # poly
    Case(
        losses.poly1_cross_entropy,
        nn.Poly1CrossEntropyLoss,
        class_scores,
        oracles.poly,
        ({}, {"poly_epsilon": -1}, {"label_smoothing": 0.1, "ignore_index": 1}),
    ),
    Case(
        losses.poly_cross_entropy,
        nn.PolyCrossEntropyLoss,
        class_scores,
        oracles.poly,
        ({"coefficients": [1.0, -0.5, 0.3]},),
    ),
    Case(
        losses.poly_cross_entropy,
        nn.PolyCrossEntropyLoss,
        class_scores_and_shares,
        oracles.poly,
        ({"coefficients": (0.3, 0.2)},),
        BOTH,
        name="poly_cross_entropy_of_shares",
    ),
    Case(
        losses.poly1_focal_loss,
        nn.Poly1FocalLoss,
        logits,
        oracles.poly1_focal,
        ({}, {"poly_epsilon": -1, "alpha": None}, {"gamma": 0.5, "alpha": 0.6}),
        LOGIT,
    ),
    # imbalance
    Case(
        losses.sigmoid_focal_loss,
        nn.SigmoidFocalLoss,
        logits,
        oracles.sigmoid_focal,
        (
            {},
            {"alpha": None},
            {"alpha": None, "gamma": 0},
            {"alpha": 0.6, "gamma": 0.5},
            {"gamma": 5},
        ),
        LOGIT,
    ),
    Case(
        losses.softmax_focal_loss,
        nn.SoftmaxFocalLoss,
        class_scores,
        oracles.softmax_focal,
        ({}, {"gamma": 0}, {"gamma": 0.5, "alpha": 0.3, "ignore_index": 3}),
    ),
    Case(
        losses.ghm_classification_loss,
        nn.GHMClassificationLoss,
        logits,
        oracles.ghm_classification,
        ({}, {"bins": 3}),
        ("logit",),
        rowwise=False,
        keeps=("density",),
        adds=("momentum",),
    ),
    Case(
        losses.ghm_regression_loss,
        nn.GHMRegressionLoss,
        numbers,
        oracles.ghm_regression,
        ({}, {"mu": 2.0, "bins": 5}),
        rowwise=False,
        keeps=("density",),
        adds=("momentum",),
    ),
    # mining
    Case(
        losses.ohem_cross_entropy,
        nn.OHEMCrossEntropyLoss,
        pixels,
        oracles.ohem,
        ({}, {"thresh": 0.4, "min_kept": 2}, {"thresh": 0.3, "min_kept": 0, "ignore_index": 1}),
        shapes=IMAGES,
        rowwise=False,
    ),
    # margin
    *[
        Case(
            function,
            layer,
            class_centres,
            oracle,
            settings,
            ("embedding", "weight"),
            shapes=VECTORS,
            keeps=("weight",),
            adds=("embedding_size", "num_classes", "weight_attr"),
            make=with_centres,
        )
        for function, layer, oracle, settings in (
            (
                losses.softmax_loss,
                nn.SoftmaxLoss,
                oracles.softmax_of_centres,
                ({}, {"normalize": True, "scale": 3.0}),
            ),
            (losses.large_margin_softmax_loss, nn.LargeMarginSoftmaxLoss, oracles.large_margin, MULTIPLES),
            (losses.sphereface_loss, nn.SphereFaceLoss, oracles.sphereface, MULTIPLES),
            (
                losses.cosface_loss,
                nn.CosFaceLoss,
                oracles.cosface,
                ({"scale": 8.0}, {"margin": 0.1, "scale": 3}),
            ),
            (
                losses.arcface_loss,
                nn.ArcFaceLoss,
                oracles.arcface,
                ({"scale": 8.0}, {"margin": 1.2, "scale": 3}),
            ),
        )
    ],
    # contrastive
    Case(
        losses.info_nce_loss,
        nn.InfoNCELoss,
        queries,
        oracles.info_nce,
        ({}, {"temperature": 0.7}, {"normalize": False, "temperature": 1}),
        ("query", "positive"),
        shapes=VECTORS,
    ),
    Case(
        losses.info_nce_loss,
        nn.InfoNCELoss,
        queries,
        oracles.info_nce,
        ({"symmetric": True}, {"symmetric": True, "normalize": False, "temperature": 1}),
        ("query", "positive"),
        name="info_nce_loss_of_both_directions",
        shapes=VECTORS,
        rowwise=False,
    ),
    *[
        Case(
            losses.info_nce_loss,
            nn.InfoNCELoss,
            tensors,
            oracles.info_nce,
            ({"temperature": 0.5}, {"normalize": False, "temperature": 1}),
            ("query", "positive", "negatives"),
            name=f"info_nce_loss_of_{tensors.__name__}",
            shapes=VECTORS,
        )
        for tensors in (queries_and_negatives, queries_and_own_negatives)
    ],
    Case(
        losses.multiple_negatives_ranking_loss,
        nn.MultipleNegativesRankingLoss,
        anchors,
        oracles.multiple_negatives_ranking,
        ({}, {"scale": 3}),
        ("anchor", "positive"),
        shapes=VECTORS,
    ),
    *[
        Case(
            losses.multiple_negatives_ranking_loss,
            nn.MultipleNegativesRankingLoss,
            tensors,
            oracles.multiple_negatives_ranking,
            ({"scale": 5.0},),
            ("anchor", "positive", "hard_negatives"),
            name=f"multiple_negatives_ranking_loss_of_{tensors.__name__}",
            shapes=VECTORS,
        )
        for tensors in (anchors_and_negatives, anchors_and_own_negatives)
    ],
    Case(
        losses.ge2e_loss,
        nn.GE2ELoss,
        speeches,
        oracles.ge2e,
        ({}, {"variant": "contrast"}),
        ("embedding", "scale", "bias"),
        shapes=SPEAKERS,
        rowwise=False,
        apart=("scale", "bias"),
        keeps=("scale", "bias"),
        adds=("init_scale", "init_bias"),
        make=with_scale,
    ),
    # metric
    Case(
        losses.triplet_margin_loss,
        nn.TripletMarginLoss,
        three_vectors,
        oracles.triplet_margin,
        ({}, {"p": 1, "margin": 0.3}, {"p": 2.5, "swap": True}, {"swap": True, "epsilon": 0, "margin": 3}),
        ("anchor", "positive", "negative"),
        shapes=POINTS,
    ),
    Case(
        losses.batch_triplet_loss,
        nn.BatchTripletLoss,
        embeddings,
        oracles.batch_triplet,
        ({}, {"margin": 0.3}),
        ("embedding",),
        shapes=BATCHES,
        rowwise=False,
    ),
    Case(
        losses.batch_triplet_loss,
        nn.BatchTripletLoss,
        embeddings,
        oracles.batch_triplet,
        (
            {"strategy": "semihard", "margin": 2.0},
            {"strategy": "easy", "margin": 0.1},
            {"strategy": "all"},
        ),
        ("embedding",),
        name="batch_triplet_loss_of_lists",
        shapes=BATCHES,
        rowwise=False,
        one_graph=False,
    ),
    Case(
        losses.contrastive_loss,
        nn.ContrastiveLoss,
        pairs_of_vectors,
        oracles.contrastive,
        ({}, {"margin": 3.3}),
        ("anchor", "other", "label"),
        shapes=POINTS,
    ),
    Case(
        losses.margin_ranking_loss,
        nn.MarginRankingLoss,
        pairs_of_scores,
        oracles.margin_ranking,
        ({}, {"margin": 0.3}),
        ("input", "other"),
    ),
    # segmentation
    Case(
        losses.dice_loss,
        nn.DiceLoss,
        pixels,
        oracles.dice,
        (
            {},
            {"squared": True, "batch": True},
            {"include_background": False, "smooth": 1.0},
            {"ignore_index": 2, "ignore_empty": True},
        ),
        shapes=IMAGES,
        rowwise=False,
    ),
    Case(
        losses.dice_loss,
        nn.DiceLoss,
        pixels_and_shares,
        oracles.dice,
        ({}, {"mode": "binary"}, {"mode": "multilabel", "squared": True}),
        BOTH,
        name="dice_loss_of_shares",
        shapes=IMAGES,
        rowwise=False,
    ),
    Case(
        losses.dice_loss,
        nn.DiceLoss,
        pixel_probabilities,
        oracles.dice,
        (
            {"mode": "binary", "from_logits": False, "ignore_index": 0},
            {"mode": "multilabel", "from_logits": False, "batch": True, "include_background": False},
        ),
        name="dice_loss_of_probabilities",
        shapes=IMAGES,
        rowwise=False,
    ),
    # boxes
    Case(
        losses.iou_loss,
        nn.IoULoss,
        boxes,
        oracles.iou,
        ({}, {"mode": "log"}, {"box_format": "cxcywh"}),
        BOTH,
        shapes=ROWS,
    ),
    Case(losses.giou_loss, nn.GIoULoss, boxes, oracles.giou, differentiable=BOTH, shapes=ROWS),
    Case(losses.diou_loss, nn.DIoULoss, boxes, oracles.diou, differentiable=BOTH, shapes=ROWS),
    Case(
        losses.ciou_loss,
        nn.CIoULoss,
        boxes,
        oracles.ciou,
        ({}, {"box_format": "cxcywh"}),
        BOTH,
        shapes=ROWS,
    ),
    Case(losses.eiou_loss, nn.EIoULoss, boxes, oracles.eiou, ({}, {"epsilon": 5.0}), BOTH, shapes=ROWS),
    Case(
        losses.focal_eiou_loss,
        nn.FocalEIoULoss,
        boxes,
        oracles.focal_eiou,
        ({}, {"gamma": 1.3}),
        BOTH,
        shapes=ROWS,
    ),
    Case(
        losses.alpha_iou_loss,
        nn.AlphaIoULoss,
        boxes,
        oracles.alpha_iou,
        (
            {},
            {"base": "giou"},
            {"base": "diou", "alpha": 0.7},
            {"base": "ciou", "alpha": 2.3},
        ),
        BOTH,
        shapes=ROWS,
    ),
    Case(losses.riou_loss, nn.RIoULoss, boxes, oracles.riou, ({}, {"beta": 0.3}), BOTH, shapes=ROWS),
    # detection
    Case(
        losses.yolov1_loss,
        nn.YOLOv1Loss,
        grids,
        oracles.yolov1,
        ({}, {"lambda_coord": 1.0, "lambda_noobj": 2.0}),
        shapes=ROWS,
    ),
    Case(
        losses.yolov1_loss,
        nn.YOLOv1Loss,
        grids_of_one_box,
        oracles.yolov1,
        ({"boxes_per_cell": 1},),
        name="yolov1_loss_of_one_box",
        shapes=ROWS,
    ),
    Case(
        losses.detection_loss,
        nn.DetectionLoss,
        samples,
        oracles.detection,
        ({}, {"iou_threshold": 0.3, "box_weight": 2.5}),
        ("classification", "localization"),
    ),
    # perceptual
    *[
        Case(
            of_two_maps(function),
            layer,
            images,
            oracle,
            settings,
            BOTH,
            shapes=IMAGES,
            keeps=("features_input", "features_label"),
            adds=("feature_extractor", "layers"),
            make=with_two_maps,
            takes=("input", "label"),
            says=r"features_{}\[0\]",
        )
        for function, layer, oracle, settings in (
            (
                losses.perceptual_loss,
                nn.PerceptualLoss,
                oracles.perceptual,
                ({}, {"norm": "l2"}, {"weights": [0.3, 2]}),
            ),
            (losses.style_loss, nn.StyleLoss, oracles.style, ({}, {"weights": (0.3, 0)})),
        )
    ],
    # gan
    *[
        Case(function, layer, tensors, oracle, settings, ("real", "fake"), name, apart=("fake",))
        for function, layer, oracle, settings in (
            (
                losses.minimax_discriminator_loss,
                nn.MinimaxDiscriminatorLoss,
                oracles.minimax_discriminator,
                ({},),
            ),
            (losses.wgan_discriminator_loss, nn.WGANDiscriminatorLoss, oracles.wgan_discriminator, ({},)),
            (
                losses.lsgan_discriminator_loss,
                nn.LSGANDiscriminatorLoss,
                oracles.lsgan_discriminator,
                ({}, {"real_target": 0.9, "fake_target": -1}),
            ),
        )
        for tensors, name in ((outputs, ""), (outputs_of_two_shapes, f"{function.__name__}_of_two_shapes"))
    ],
    *[
        Case(function, layer, outputs_alone, oracle, settings, ("fake",))
        for function, layer, oracle, settings in (
            (losses.minimax_generator_loss, nn.MinimaxGeneratorLoss, oracles.minimax_generator, ({},)),
            (
                losses.non_saturating_generator_loss,
                nn.NonSaturatingGeneratorLoss,
                oracles.non_saturating_generator,
                ({},),
            ),
            (losses.wgan_generator_loss, nn.WGANGeneratorLoss, oracles.wgan_generator, ({},)),
            (
                losses.lsgan_generator_loss,
                nn.LSGANGeneratorLoss,
                oracles.lsgan_generator,
                ({}, {"target": 0.9}),
            ),
            (
                losses.loss_sensitive_gan_generator_loss,
                nn.LossSensitiveGANGeneratorLoss,
                oracles.loss_sensitive_gan_generator,
                ({},),
            ),
        )
    ],
    Case(
        losses.loss_sensitive_gan_discriminator_loss,
        nn.LossSensitiveGANDiscriminatorLoss,
        outputs_and_distances,
        oracles.loss_sensitive_gan_discriminator,
        ({}, {"weight": 0.3}),
        ("real", "fake", "distance"),
    ),
]

VARIANTS = [(case, settings) for case in CASES for settings in case.settings]


def variant_id(variant: tuple[Case, dict[str, Any]]) -> str:
    case, settings = variant
    return "-".join([case.id, *[f"{name}={value}" for name, value in settings.items()]])
