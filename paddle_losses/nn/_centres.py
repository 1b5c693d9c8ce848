"""Layers that learn the centres of classes."""

from __future__ import annotations

from typing import Any, ClassVar

from paddle import Tensor

from ..functional import _checks
from ._layer import FunctionalLoss, setting

_SIZES = """    embedding_size (int): D, the extent of an embedding.
    num_classes (int): how many class centres there are. They are the parameter ``weight``,
        [num_classes, embedding_size]: give ``loss.parameters()`` to the optimizer too.
    weight_attr (paddle.ParamAttr, optional): how ``weight`` begins and learns, as in
        ``paddle.nn.Linear``; None is Xavier."""


class CentresLoss(FunctionalLoss):
    """Base of the Layers whose function takes the class centres ``weight``: they own and learn them."""

    weight: Tensor

    _keeps: ClassVar[dict[str, str]] = {"weight": _SIZES}
    _adds = (
        setting("embedding_size", "int"),
        setting("num_classes", "int"),
        setting("weight_attr", "ParamAttr | None", None),
    )

    def __init__(self, *positional: Any, **settings: Any) -> None:
        super().__init__(*positional, **settings)
        name = type(self).__name__
        _checks.count(name, 1, embedding_size=self.embedding_size, num_classes=self.num_classes)
        self.weight = self.create_parameter([self.num_classes, self.embedding_size], self.weight_attr)
