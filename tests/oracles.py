"""Every loss once more, as naively as possible: NumPy, float64, one element at a time in meaning.

Nothing of the package is imported here. The formulas are the textbook's, right for moderate inputs;
extreme inputs are the business of ``test_accuracy.py``, which computes with 60 digits.
"""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def l1(input, label):
    return np.abs(label - input)


def mse(input, label):
    return (label - input) ** 2


def mean_bias_error(input, label):
    return input - label


def huber(input, label, delta=1.0):
    e = np.abs(label - input)
    return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2))


def smooth_l1(input, label, beta=1.0):
    if beta == 0:
        return l1(input, label)
    e = np.abs(label - input)
    return np.where(e <= beta, e**2 / (2 * beta), e - beta / 2)


def log_cosh(input, label):
    return np.log(np.cosh(label - input))


def quantile(input, label, quantile=0.5):
    if isinstance(quantile, list):
        label = label[..., np.newaxis]
        quantile = np.array(quantile)
    e = label - input
    return np.where(e >= 0, quantile * e, (quantile - 1) * e)


def binary_cross_entropy(input, label, epsilon=1e-7):
    p = np.clip(input, epsilon, 1 - epsilon)
    return -(label * np.log(p) + (1 - label) * np.log(1 - p))


def weighted_cross_entropy(logit, label, pos_weight=1.0):
    w = 1.0 if pos_weight is None else pos_weight
    p = sigmoid(logit)
    return -(w * label * np.log(p) + (1 - label) * np.log(1 - p))


def balanced_cross_entropy(logit, label, beta=0.5, held=None):
    batch = label if held is None else held["label"]
    b = beta if beta is not None else np.mean(1 - batch) if batch.size else 0.5
    p = sigmoid(logit)
    return -(b * label * np.log(p) + (1 - b) * (1 - label) * np.log(1 - p))


def sigmoid_focal(logit, label, alpha=0.25, gamma=2.0):
    p = sigmoid(logit)
    positive, negative = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    return -(
        positive * (1 - p) ** gamma * label * np.log(p) + negative * p**gamma * (1 - label) * np.log(1 - p)
    )


def hinge(input, label, margin=1.0):
    return np.maximum(0, margin - label * input)


def squared_hinge(input, label, margin=1.0):
    return np.maximum(0, margin - label * input) ** 2


def exponential(input, label):
    return np.exp(-label * input)


def logistic(input, label):
    return np.log(1 + np.exp(-label * input))


def zero_one(input, label, axis=-1):
    if input.shape == label.shape:
        return np.where((input > 0) != (label > 0), 1.0, 0.0)
    return np.where(np.argmax(input, axis) != label, 1.0, 0.0)


def elements(result):
    """The loss of every element and what it counts in the mean, from what an oracle returns."""
    return result if isinstance(result, tuple) else (result, np.ones_like(result))


def reduce(result, reduction, sample_weight=1.0):
    """The house rule: mean = Σ w·loss / Σ w, and 0 where Σ w is 0."""
    loss, counts = elements(result)
    loss = sample_weight * loss
    if reduction == "none":
        return loss
    total, weight = np.sum(loss), np.sum(sample_weight * counts)
    if reduction == "sum":
        return total
    return total / weight if weight != 0 else 0.0


def gradient(function, tensors, name, step=1e-6):
    """Central differences of Σ function(**tensors) with respect to one tensor."""
    result = np.zeros_like(tensors[name])
    for index in np.ndindex(result.shape):
        ends = []
        for sign in (1, -1):
            moved = tensors[name].copy()
            moved[index] += sign * step
            ends.append(np.sum(function(**{**tensors, name: moved})))
        result[index] = (ends[0] - ends[1]) / (2 * step)
    return result
