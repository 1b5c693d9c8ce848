"""The losses as functions. Before the ``*`` of a signature stand tensors, after it settings."""

from .binary import (
    balanced_cross_entropy,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    weighted_cross_entropy,
)
from .classification import zero_one_loss
from .hinge import exponential_loss, hinge_loss, logistic_loss, squared_hinge_loss
from .imbalance import focal_loss, sigmoid_focal_loss
from .regression import (
    huber_loss,
    l1_loss,
    log_cosh_loss,
    mean_bias_error,
    mse_loss,
    quantile_loss,
    smooth_l1_loss,
)

__all__ = [
    # regression
    "l1_loss",
    "mse_loss",
    "mean_bias_error",
    "huber_loss",
    "smooth_l1_loss",
    "log_cosh_loss",
    "quantile_loss",
    # binary
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "weighted_cross_entropy",
    "balanced_cross_entropy",
    # hinge
    "hinge_loss",
    "squared_hinge_loss",
    "exponential_loss",
    "logistic_loss",
    # classification
    "zero_one_loss",
    # imbalance
    "sigmoid_focal_loss",
    "focal_loss",
]
