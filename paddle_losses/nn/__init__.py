"""The losses as Layers, each derived from the function it stands for."""

from .. import functional as F
from ._layer import FunctionalLoss


# regression
class L1Loss(FunctionalLoss, fn=F.l1_loss): ...


class MSELoss(FunctionalLoss, fn=F.mse_loss): ...


class MeanBiasErrorLoss(FunctionalLoss, fn=F.mean_bias_error): ...


class HuberLoss(FunctionalLoss, fn=F.huber_loss): ...


class SmoothL1Loss(FunctionalLoss, fn=F.smooth_l1_loss): ...


class LogCoshLoss(FunctionalLoss, fn=F.log_cosh_loss): ...


class QuantileLoss(FunctionalLoss, fn=F.quantile_loss): ...


# classification
class BCELoss(FunctionalLoss, fn=F.binary_cross_entropy): ...


class BCEWithLogitsLoss(FunctionalLoss, fn=F.binary_cross_entropy_with_logits): ...


class WeightedCrossEntropyLoss(FunctionalLoss, fn=F.weighted_cross_entropy): ...


class BalancedCrossEntropyLoss(FunctionalLoss, fn=F.balanced_cross_entropy): ...


class HingeLoss(FunctionalLoss, fn=F.hinge_loss): ...


class SquaredHingeLoss(FunctionalLoss, fn=F.squared_hinge_loss): ...


class ExponentialLoss(FunctionalLoss, fn=F.exponential_loss): ...


class LogisticLoss(FunctionalLoss, fn=F.logistic_loss): ...


class ZeroOneLoss(FunctionalLoss, fn=F.zero_one_loss): ...


# imbalance
class SigmoidFocalLoss(FunctionalLoss, fn=F.sigmoid_focal_loss): ...


FocalLoss = SigmoidFocalLoss

__all__ = [name for name, value in vars().items() if getattr(value, "_name", "")]
