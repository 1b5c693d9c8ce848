"""Layers beyond the contract: tensors as settings, subclasses, training through Paddle's own loops."""

from __future__ import annotations

import copy
import inspect
import pickle
import pydoc

import numpy as np
import paddle
import pytest

import paddle_losses as losses
from paddle_losses import nn


def layers():
    return [getattr(nn, name) for name in nn.__all__]


@pytest.mark.parametrize("layer", layers(), ids=lambda layer: layer.__name__)
def test_help_says_what_the_function_says(layer):
    text = pydoc.render_doc(layer, renderer=pydoc.plaintext)
    assert inspect.getdoc(layer._fn).splitlines()[0] in text
    assert str(inspect.signature(layer)).split(",")[0] in text
    assert "Source:" in text and "Example:" in text


def test_focal_loss_is_the_sigmoid_form():
    assert nn.FocalLoss is nn.SigmoidFocalLoss
    assert losses.focal_loss is losses.sigmoid_focal_loss


def test_settings_are_keywords_only():
    # paddle.nn.SmoothL1Loss("sum", 2.0) must not mean something else here.
    with pytest.raises(TypeError, match=r"SmoothL1Loss: too many positional .* keywords: SmoothL1Loss"):
        nn.SmoothL1Loss("sum", 2.0)


def test_the_base_is_not_a_loss():
    with pytest.raises(NotImplementedError):
        nn._layer.FunctionalLoss()(paddle.ones([1]), paddle.ones([1]))


# ----------------------------------------------------------------------------- tensors as settings


def weighted_layer():
    return nn.BCEWithLogitsLoss(pos_weight=paddle.to_tensor([1.0, 3.0]))


def test_a_tensor_setting_is_a_buffer():
    layer = weighted_layer()
    assert [name for name, _ in layer.named_buffers()] == ["pos_weight"]
    assert list(layer.parameters()) == []
    other = nn.BCEWithLogitsLoss(pos_weight=paddle.ones([2]))
    other.set_state_dict(layer.state_dict())
    assert other.pos_weight.tolist() == [1.0, 3.0]
    assert layer.to(dtype="float64").pos_weight.dtype == paddle.float64


def test_the_callers_tensor_stays_the_callers():
    weight = paddle.to_tensor([2.0, 3.0])
    first, second = (nn.BCEWithLogitsLoss(pos_weight=weight) for _ in "ab")
    first.set_state_dict({"pos_weight": paddle.to_tensor([7.0, 8.0])})
    first.to(dtype="float64")
    assert weight.tolist() == second.pos_weight.tolist() == [2.0, 3.0]
    assert weight.dtype == paddle.float32


def test_a_tensor_setting_is_a_constant():
    weight = paddle.to_tensor([2.0, 3.0], stop_gradient=False)
    layer = nn.BCEWithLogitsLoss(pos_weight=weight * 1)
    assert layer.pos_weight.stop_gradient
    logit = paddle.zeros([4, 2])
    logit.stop_gradient = False
    layer(logit, paddle.ones([4, 2])).backward()
    assert weight.grad is None


def test_a_setting_may_become_a_tensor_and_back():
    logit, label = paddle.randn([4, 2]), paddle.ones([4, 2])
    layer = nn.BCEWithLogitsLoss()
    for weight in (2.0, paddle.to_tensor([2.0, 3.0]), None, paddle.ones([2])):
        layer.pos_weight = weight
        expected = losses.binary_cross_entropy_with_logits(logit, label, pos_weight=weight).item()
        assert layer(logit, label).item() == expected
        assert ("pos_weight" in layer.state_dict()) == hasattr(weight, "stop_gradient")


def test_a_setting_may_be_learned():
    weight = paddle.create_parameter([2], "float32", default_initializer=paddle.nn.initializer.Constant(2.0))
    layer = nn.BCEWithLogitsLoss(pos_weight=weight)
    assert layer.parameters()[0] is weight
    layer(paddle.randn([4, 2]), paddle.ones([4, 2])).backward()
    assert (weight.grad.numpy() > 0).all()


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_tensor_setting_is_copied_and_pickled(twin):
    logit, label = paddle.randn([4, 2]), paddle.ones([4, 2])
    layer = weighted_layer()
    assert twin(layer)(logit, label).item() == layer(logit, label).item()
    assert twin(layer).pos_weight.tolist() == [1.0, 3.0]
    assert twin(layer).pos_weight.dtype == paddle.float32


@pytest.mark.parametrize("full_graph", [True, False])
def test_a_tensor_setting_is_traced(full_graph, monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    logit, label = paddle.randn([4, 2]), paddle.ones([4, 2])
    layer = weighted_layer()
    expected = layer(logit, label).item()
    traced = paddle.jit.to_static(layer, full_graph=full_graph)(logit, label)
    assert traced.item() == pytest.approx(expected, rel=1e-6)


def test_a_tensor_setting_is_saved(tmp_path):
    logit, label = paddle.randn([4, 2]), paddle.ones([4, 2])
    layer = weighted_layer()
    expected = layer(logit, label).item()
    specs = [paddle.static.InputSpec([None, 2], "float32", name) for name in ("logit", "label")]
    paddle.jit.save(paddle.jit.to_static(layer, specs, full_graph=True), str(tmp_path / "loss"))
    loaded = paddle.jit.load(str(tmp_path / "loss"))(logit, label)
    assert loaded.item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("full_graph", [True, False])
def test_a_sample_weight_is_traced(full_graph, monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    tensors = [paddle.randn([4]), paddle.ones([4]), paddle.rand([4])]
    layer = nn.FocalLoss()
    expected = layer(*tensors).item()
    traced = paddle.jit.to_static(layer, full_graph=full_graph)(*tensors)
    assert traced.item() == pytest.approx(expected, rel=1e-6)


# ----------------------------------------------------------------------------------------- training


class Halved(nn.HuberLoss):
    """What a user may write."""

    def forward(self, input, label):
        return super().forward(input, label) / 2


def test_a_users_subclass():
    input, label = paddle.randn([5]), paddle.randn([5])
    layer = Halved(delta=0.5)
    assert layer(input, label).item() == losses.huber_loss(input, label, delta=0.5).item() / 2
    assert repr(layer) == "Halved(delta=0.5, reduction='mean')"


def test_as_a_sublayer():
    class Model(paddle.nn.Layer):
        def __init__(self):
            super().__init__()
            self.network, self.loss = paddle.nn.Linear(3, 1), nn.LogCoshLoss()

        def forward(self, x, y):
            return self.loss(self.network(x), y)

    model = Model()
    model(paddle.randn([4, 3]), paddle.randn([4, 1])).backward()
    assert len(model.sublayers()) == 2
    assert np.isfinite(model.network.weight.grad.numpy()).all()


@pytest.mark.parametrize("layer", [nn.MSELoss, nn.HuberLoss, nn.LogCoshLoss, nn.QuantileLoss])
def test_paddle_model_learns_a_line(layer):
    paddle.seed(0)
    x = np.random.default_rng(0).normal(size=(256, 2)).astype("float32")
    y = x @ np.array([[1.0], [-2.0]], "float32") + 0.5
    model = paddle.Model(paddle.nn.Linear(2, 1))
    model.prepare(paddle.optimizer.Adam(0.05, parameters=model.parameters()), loss=layer())
    data = paddle.io.TensorDataset([paddle.to_tensor(x), paddle.to_tensor(y)])
    model.fit(data, batch_size=32, epochs=30, verbose=0)
    assert model.evaluate(data, batch_size=256, verbose=0)["loss"][0] < 0.01


@pytest.mark.parametrize("layer", [nn.BCEWithLogitsLoss, nn.FocalLoss, nn.BalancedCrossEntropyLoss])
def test_paddle_model_learns_a_class(layer):
    paddle.seed(0)
    x = np.random.default_rng(0).normal(size=(256, 2)).astype("float32")
    y = (x[:, :1] > x[:, 1:]).astype("float32")
    model = paddle.Model(paddle.nn.Linear(2, 1))
    model.prepare(paddle.optimizer.Adam(0.05, parameters=model.parameters()), loss=layer())
    data = paddle.io.TensorDataset([paddle.to_tensor(x), paddle.to_tensor(y)])
    model.fit(data, batch_size=32, epochs=20, verbose=0)
    logit = model.network(paddle.to_tensor(x))
    assert losses.zero_one_loss(logit, paddle.to_tensor(y)).item() < 0.03
