"""The losses as Layers, each derived from the function it stands for; by hand where it keeps a state."""

from .. import functional as F
from . import _density, _ge2e, _perceptual
from ._centres import CentresLoss
from ._layer import FunctionalLoss


# regression
class L1Loss(FunctionalLoss, fn=F.l1_loss): ...


class MSELoss(FunctionalLoss, fn=F.mse_loss): ...


class MeanBiasErrorLoss(FunctionalLoss, fn=F.mean_bias_error): ...


class HuberLoss(FunctionalLoss, fn=F.huber_loss): ...


class SmoothL1Loss(FunctionalLoss, fn=F.smooth_l1_loss): ...


class LogCoshLoss(FunctionalLoss, fn=F.log_cosh_loss): ...


class QuantileLoss(FunctionalLoss, fn=F.quantile_loss): ...


# binary
class BCELoss(FunctionalLoss, fn=F.binary_cross_entropy): ...


class BCEWithLogitsLoss(FunctionalLoss, fn=F.binary_cross_entropy_with_logits): ...


class WeightedCrossEntropyLoss(FunctionalLoss, fn=F.weighted_cross_entropy): ...


class BalancedCrossEntropyLoss(FunctionalLoss, fn=F.balanced_cross_entropy): ...


# hinge
class HingeLoss(FunctionalLoss, fn=F.hinge_loss): ...


class SquaredHingeLoss(FunctionalLoss, fn=F.squared_hinge_loss): ...


class MulticlassHingeLoss(FunctionalLoss, fn=F.multiclass_hinge_loss): ...


class ExponentialLoss(FunctionalLoss, fn=F.exponential_loss): ...


class LogisticLoss(FunctionalLoss, fn=F.logistic_loss): ...


# classification
class CrossEntropyLoss(FunctionalLoss, fn=F.cross_entropy): ...


class EntropyLoss(FunctionalLoss, fn=F.entropy_loss): ...


class KLDivergenceLoss(FunctionalLoss, fn=F.kl_divergence): ...


class JSDivergenceLoss(FunctionalLoss, fn=F.js_divergence): ...


class NCELoss(FunctionalLoss, fn=F.nce_loss): ...


class ZeroOneLoss(FunctionalLoss, fn=F.zero_one_loss): ...


# poly
class Poly1CrossEntropyLoss(FunctionalLoss, fn=F.poly1_cross_entropy): ...


class PolyCrossEntropyLoss(FunctionalLoss, fn=F.poly_cross_entropy): ...


class Poly1FocalLoss(FunctionalLoss, fn=F.poly1_focal_loss): ...


# imbalance
class SigmoidFocalLoss(FunctionalLoss, fn=F.sigmoid_focal_loss): ...


FocalLoss = SigmoidFocalLoss


class SoftmaxFocalLoss(FunctionalLoss, fn=F.softmax_focal_loss): ...


GHMClassificationLoss = _density.GHMClassificationLoss
GHMRegressionLoss = _density.GHMRegressionLoss


# mining
class OHEMCrossEntropyLoss(FunctionalLoss, fn=F.ohem_cross_entropy): ...


# margin
class SoftmaxLoss(CentresLoss, fn=F.softmax_loss): ...


class LargeMarginSoftmaxLoss(CentresLoss, fn=F.large_margin_softmax_loss): ...


class SphereFaceLoss(CentresLoss, fn=F.sphereface_loss): ...


class CosFaceLoss(CentresLoss, fn=F.cosface_loss): ...


class ArcFaceLoss(CentresLoss, fn=F.arcface_loss): ...


# metric
class TripletMarginLoss(FunctionalLoss, fn=F.triplet_margin_loss): ...


class BatchTripletLoss(FunctionalLoss, fn=F.batch_triplet_loss): ...


class ContrastiveLoss(FunctionalLoss, fn=F.contrastive_loss): ...


class MarginRankingLoss(FunctionalLoss, fn=F.margin_ranking_loss): ...


# contrastive
class InfoNCELoss(FunctionalLoss, fn=F.info_nce_loss): ...


class MultipleNegativesRankingLoss(FunctionalLoss, fn=F.multiple_negatives_ranking_loss): ...


GE2ELoss = _ge2e.GE2ELoss


# segmentation
class DiceLoss(FunctionalLoss, fn=F.dice_loss): ...


# boxes
class IoULoss(FunctionalLoss, fn=F.iou_loss): ...


class GIoULoss(FunctionalLoss, fn=F.giou_loss): ...


class DIoULoss(FunctionalLoss, fn=F.diou_loss): ...


class CIoULoss(FunctionalLoss, fn=F.ciou_loss): ...


class EIoULoss(FunctionalLoss, fn=F.eiou_loss): ...


class FocalEIoULoss(FunctionalLoss, fn=F.focal_eiou_loss): ...


class AlphaIoULoss(FunctionalLoss, fn=F.alpha_iou_loss): ...


class RIoULoss(FunctionalLoss, fn=F.riou_loss): ...


# detection
class YOLOv1Loss(FunctionalLoss, fn=F.yolov1_loss): ...


class DetectionLoss(FunctionalLoss, fn=F.detection_loss): ...


# perceptual
PerceptualLoss = _perceptual.PerceptualLoss
StyleLoss = _perceptual.StyleLoss


# gan
class MinimaxDiscriminatorLoss(FunctionalLoss, fn=F.minimax_discriminator_loss): ...


class MinimaxGeneratorLoss(FunctionalLoss, fn=F.minimax_generator_loss): ...


class NonSaturatingGeneratorLoss(FunctionalLoss, fn=F.non_saturating_generator_loss): ...


class WGANDiscriminatorLoss(FunctionalLoss, fn=F.wgan_discriminator_loss): ...


class WGANGeneratorLoss(FunctionalLoss, fn=F.wgan_generator_loss): ...


class LSGANDiscriminatorLoss(FunctionalLoss, fn=F.lsgan_discriminator_loss): ...


class LSGANGeneratorLoss(FunctionalLoss, fn=F.lsgan_generator_loss): ...


class LossSensitiveGANDiscriminatorLoss(FunctionalLoss, fn=F.loss_sensitive_gan_discriminator_loss): ...


class LossSensitiveGANGeneratorLoss(FunctionalLoss, fn=F.loss_sensitive_gan_generator_loss): ...


__all__ = [name for name, value in vars().items() if getattr(value, "_name", "")]
