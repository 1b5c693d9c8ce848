"""One row per loss: how to make its tensors, what it must equal, which settings to try.

``test_contract.py`` runs every test of the contract on every row, and ``test_public_api.py`` fails
for a public loss that has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

import numpy as np
import oracles

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
ROWS = Shapes((5,), ((1,), (7,)), ((0,),))  # losses of a flat batch


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

    @property
    def id(self) -> str:
        return self.name or self.function.__name__

    @property
    def takes_weights(self) -> bool:
        return "sample_weight" in self.layer.forward.__signature__.parameters


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


BOTH = ("input", "label")
LOGIT = ("logit", "label")

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
    Case(losses.exponential_loss, nn.ExponentialLoss, scores, oracles.exponential),
    Case(losses.logistic_loss, nn.LogisticLoss, scores, oracles.logistic),
    # classification
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
]

VARIANTS = [(case, settings) for case in CASES for settings in case.settings]


def variant_id(variant: tuple[Case, dict[str, Any]]) -> str:
    case, settings = variant
    return "-".join([case.id, *[f"{name}={value}" for name, value in settings.items()]])
