"""Layers that learn the centres of classes."""

from __future__ import annotations

from typing import Any, ClassVar

from paddle import Tensor

from ..functional import _checks
from ._layer import FunctionalLoss, setting

_NOTE = """The class centres are the parameter ``weight``. Train and save them with the network::

    loss = ArcFaceLoss(embedding_size=128, num_classes=1000)
    optimizer = paddle.optimizer.Adam(parameters=[*network.parameters(), *loss.parameters()])
    paddle.save(loss.state_dict(), "centres.pdparams")

Or make the loss a sublayer, ``network.loss = loss``, and its centres are among the network's parameters; with
``paddle.Model`` this is the way, since it saves the network only. To classify, compare directions:
``F.normalize(embedding) @ F.normalize(loss.weight).T``."""
_SIZES = """    embedding_size (int): D, the components of an embedding.
    num_classes (int): how many class centres there are.
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
    _note = _NOTE

    def __init__(self, *positional: Any, **settings: Any) -> None:
        super().__init__(*positional, **settings)
        name = type(self).__name__
        _checks.count(name, 1, embedding_size=self.embedding_size, num_classes=self.num_classes)
        if self.weight_attr is False:
            raise TypeError(f"{name}: weight_attr must be a paddle.ParamAttr or None, got False.")
        self.weight = self.create_parameter([self.num_classes, self.embedding_size], self.weight_attr)
