"""What one writes in PyTorch where it has no function of that name."""

from __future__ import annotations

import math

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    torch = F = None


def log_cosh(x, y):
    e = x - y
    return (e + F.softplus(-2 * e) - math.log(2)).mean()


def quantile(x, y, tau):
    e = y - x
    return torch.maximum(tau * e, (tau - 1) * e).mean()


def hinge(x, y):
    return (1 - y * x).clamp(min=0).mean()


def focal(x, y, alpha=0.25, gamma=2.0):
    p = torch.sigmoid(x)
    entropy = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    miss = 1 - (p * y + (1 - p) * (1 - y))
    return ((alpha * y + (1 - alpha) * (1 - y)) * entropy * miss**gamma).mean()


def softmax_focal(x, y, gamma=2.0):
    entropy = F.cross_entropy(x, y, reduction="none")
    return ((1 - torch.exp(-entropy)) ** gamma * entropy).mean()


def poly1(x, y, epsilon=2.0):
    entropy = F.cross_entropy(x, y, reduction="none")
    return (entropy + epsilon * (1 - torch.exp(-entropy))).mean()


def boxes(kind, x, y, tiny=1e-7):
    """Losses of [N, 4] boxes given by their corners, as torchvision writes them."""
    left, top, right, bottom = x.unbind(-1)
    left_, top_, right_, bottom_ = y.unbind(-1)
    w, h, w_, h_ = right - left, bottom - top, right_ - left_, bottom_ - top_
    wide = (torch.minimum(right, right_) - torch.maximum(left, left_)).clamp(min=0)
    high = (torch.minimum(bottom, bottom_) - torch.maximum(top, top_)).clamp(min=0)
    common = wide * high
    union = w * h + w_ * h_ - common
    loss = 1 - common / (union + tiny)
    if kind == "iou":
        return loss.mean()
    hull_w = torch.maximum(right, right_) - torch.minimum(left, left_)
    hull_h = torch.maximum(bottom, bottom_) - torch.minimum(top, top_)
    if kind == "giou":
        hull = hull_w * hull_h
        return (loss + (hull - union) / (hull + tiny)).mean()
    across = left + right - left_ - right_
    down = top + bottom - top_ - bottom_
    loss = loss + (across**2 + down**2) / 4 / (hull_w**2 + hull_h**2 + tiny)
    if kind == "eiou":
        loss = loss + (w - w_) ** 2 / (hull_w**2 + tiny) + (h - h_) ** 2 / (hull_h**2 + tiny)
    if kind == "ciou":
        v = 4 / math.pi**2 * (torch.atan(w_ / h_) - torch.atan(w / h)) ** 2
        with torch.no_grad():
            share = v / (1 - common / (union + tiny) + v + tiny)
        loss = loss + share * v
    return loss.mean()
