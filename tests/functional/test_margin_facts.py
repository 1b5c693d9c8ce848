"""What the papers say of the margin losses, and where their formulas divide by 0."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import paddle_losses as losses
from paddle_losses import nn

ALL = [
    losses.softmax_loss,
    losses.large_margin_softmax_loss,
    losses.sphereface_loss,
    losses.cosface_loss,
    losses.arcface_loss,
]
NORMALIZED = [losses.cosface_loss, losses.arcface_loss]
each = pytest.mark.parametrize("function", ALL, ids=lambda function: function.__name__)


def batch(seed=0, rows=6, size=4, classes=3):
    rng = np.random.default_rng(seed)
    embedding, weight = rng.normal(size=(rows, size)), rng.normal(size=(classes, size))
    return tensor(embedding), paddle.to_tensor(rng.integers(0, classes, rows)), tensor(weight)


def tensor(array):
    return paddle.to_tensor(np.asarray(array, "float64"), stop_gradient=False)


def value_and_gradients(function, embedding, label, weight, **settings):
    embedding, weight = tensor(embedding.numpy()), tensor(weight.numpy())
    value = function(embedding, label, weight, **settings)
    value.backward()
    return value.item(), embedding.grad.numpy(), weight.grad.numpy()


def assert_same(first, second):
    for one, other in zip(first, second):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


def at_angle(theta):
    """An embedding at an angle to the first centre, and a second centre at right angles to both."""
    return tensor([[np.cos(theta), np.sin(theta), 0]]), paddle.to_tensor([0]), tensor(np.eye(3)[[0, 2]])


def right_logit(function, theta, **settings):
    """What stands in the place of s·cos θ: the other logit is 0, and so the loss says it."""
    return -np.log(np.expm1(function(*at_angle(theta), **settings).item()))


# ------------------------------------------------------------------------------------------ identities


def test_softmax_loss_is_the_cross_entropy_of_the_products():
    embedding, label, weight = batch()
    expected = losses.cross_entropy(embedding @ weight.t(), label)
    assert losses.softmax_loss(embedding, label, weight).item() == pytest.approx(expected.item(), rel=1e-14)


@pytest.mark.parametrize("function", NORMALIZED, ids=lambda function: function.__name__)
def test_without_margin_they_are_the_scaled_softmax(function):
    expected = value_and_gradients(losses.softmax_loss, *batch(), normalize=True, scale=20)
    assert_same(value_and_gradients(function, *batch(), margin=0, scale=20), expected)


def test_large_margin_softmax_of_one_is_the_softmax():
    expected = value_and_gradients(losses.softmax_loss, *batch())
    assert_same(value_and_gradients(losses.large_margin_softmax_loss, *batch(), margin=1), expected)


def test_sphereface_is_large_margin_softmax_with_centres_of_length_1():
    embedding, label, weight = batch()
    weight = weight / paddle.linalg.norm(weight, axis=1, keepdim=True)
    expected = losses.large_margin_softmax_loss(embedding, label, weight).item()
    assert losses.sphereface_loss(embedding, label, 7 * weight).item() == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("function", ALL[1:3], ids=lambda function: function.__name__)
def test_annealing_leads_from_the_softmax_to_the_margin(function):
    embedding, label, weight = batch()
    plain = function(embedding, label, weight, margin=1).item()
    eased = [function(embedding, label, weight, annealing=a).item() for a in (1e12, 100, 5, 0)]
    assert eased[0] == pytest.approx(plain, rel=1e-9)
    assert eased == sorted(eased) and eased[-1] == function(embedding, label, weight).item()


# -------------------------------------------------------------------------------------- the right logit


@pytest.mark.parametrize("theta", [0.1, 1.0, 2.0, 3.0])
def test_right_logits(theta):
    assert right_logit(losses.cosface_loss, theta, margin=0.2, scale=2) == pytest.approx(
        2 * (np.cos(theta) - 0.2)
    )
    turned = np.cos(theta + 0.3) if theta + 0.3 < np.pi else np.cos(theta) - 0.3 * np.sin(0.3)
    assert right_logit(losses.arcface_loss, theta, margin=0.3, scale=2) == pytest.approx(2 * turned)


@pytest.mark.parametrize("margin", [1, 2, 3, 4, 7])
def test_psi_falls_without_a_jump_from_1_to_1_minus_2m(margin):
    theta = np.linspace(0, np.pi, 200)
    psi = [right_logit(losses.sphereface_loss, angle, margin=margin) for angle in theta]
    steps = np.diff(psi)
    assert psi[0] == pytest.approx(1) and psi[-1] == pytest.approx(1 - 2 * margin)
    assert (steps < 1e-9).all() and (steps > -margin * np.pi / 199 - 1e-9).all()
    seams = [right_logit(losses.sphereface_loss, k * np.pi / margin, margin=margin) for k in range(margin)]
    np.testing.assert_allclose(seams, 1 - 2 * np.arange(margin), atol=1e-9)


@pytest.mark.parametrize("margin", [0.1, 0.5, np.pi / 2])
def test_the_arc_falls_all_the_way(margin):
    phi = [
        right_logit(losses.arcface_loss, angle, margin=margin, scale=1) for angle in np.linspace(0, np.pi, 99)
    ]
    assert (np.diff(phi) < 0).all()


@pytest.mark.parametrize("function", ALL[1:], ids=lambda function: function.__name__)
def test_the_more_margin_the_harder(function):
    margins = (1, 2, 4) if function in ALL[1:3] else (0, 0.2, 0.5)
    easy, harder, hardest = (function(*batch(), margin=margin).item() for margin in margins)
    assert easy < harder < hardest


# -------------------------------------------------------------------------------------------- geometry


@pytest.mark.parametrize("function", NORMALIZED, ids=lambda function: function.__name__)
def test_lengths_do_not_matter(function):
    embedding, label, weight = batch()
    lengths = paddle.to_tensor([1e-150, 1e-8, 0.3, 2.0, 1e8, 1e150], "float64").unsqueeze(1)
    value = function(embedding, label, weight).item()
    assert function(embedding * lengths, label, weight * lengths[:3]).item() == pytest.approx(
        value, rel=1e-12
    )


@pytest.mark.parametrize("function", NORMALIZED, ids=lambda function: function.__name__)
def test_gradients_only_turn(function):
    embedding, label, weight = batch()
    _, of_embedding, of_weight = value_and_gradients(function, embedding, label, weight)
    assert np.abs((of_embedding * embedding.numpy()).sum(1)).max() < 1e-12
    assert np.abs((of_weight * weight.numpy()).sum(1)).max() < 1e-12


def test_gradient_of_the_arc_is_capped_at_its_centre():
    for angle in (0.0, 1e-9, 1e-6, 1e-3, np.pi):
        for epsilon in (1e-7, 1e-3):
            settings = {"margin": 0.5, "scale": 8.0, "epsilon": epsilon}
            _, gradient, of_weight = value_and_gradients(losses.arcface_loss, *at_angle(angle), **settings)
            assert np.isfinite(gradient).all() and np.isfinite(of_weight).all()
            assert np.abs(gradient).max() <= 8 * (1 + 1 / np.sqrt(epsilon)) * angle + 8


# --------------------------------------------------------------------------------------------- hazards


@each
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_zero_vectors_and_identical_vectors_are_finite(function, dtype):
    embedding, label, weight = batch(rows=5)
    embedding, weight = embedding.numpy(), weight.numpy()
    label = paddle.to_tensor([0, 1, 1, 2, 0])
    embedding[0], weight[1] = 0, 0
    embedding[3], embedding[4] = weight[2], -3 * weight[0]
    embedding, weight = paddle.to_tensor(embedding, dtype), paddle.to_tensor(weight, dtype)
    embedding.stop_gradient = weight.stop_gradient = False
    value = function(embedding, label, weight, reduction="none")
    value.sum().backward()
    for result in (value, embedding.grad, weight.grad):
        assert np.isfinite(result.numpy()).all()


@pytest.mark.parametrize("function", NORMALIZED, ids=lambda function: function.__name__)
def test_a_zero_vector_has_no_direction_to_turn(function):
    embedding, label, weight = batch()
    zero = tensor(np.zeros_like(embedding.numpy()))
    _, gradient, _ = value_and_gradients(function, zero, label, weight)
    assert (gradient == 0).all()


@each
def test_one_class_costs_nothing(function):
    embedding, label, weight = batch(classes=1)
    assert 0 <= value_and_gradients(function, embedding, label, weight)[0] < 1e-300  # exp never gives 0


@each
def test_nan_centre_gives_nan(function):
    embedding, label, weight = batch()
    weight = weight.numpy()
    weight[1, 0] = np.nan
    assert np.isnan(function(embedding, label, tensor(weight), reduction="none").numpy()).all()


@each
def test_what_is_refused(function):
    name = function.__name__
    embedding, label, weight = batch()
    with pytest.raises(ValueError, match=rf"{name}: embedding must have the shape \[N, D\], got \[4\]"):
        function(embedding[0], label, weight)
    with pytest.raises(ValueError, match=rf"{name}: label must have one class id per embedding, \[6\], got"):
        function(embedding, label[:2], weight)
    with pytest.raises(
        ValueError, match=rf"{name}: label must be a class id from 0 to 2, got 3 at index \[1\]"
    ):
        function(embedding, paddle.to_tensor([0, 3, 0, 0, 0, 0]), weight)
    with pytest.raises(TypeError, match=f"{name}: label must hold integer class ids, got float64"):
        function(embedding, embedding[:, 0], weight)
    with pytest.raises(
        ValueError, match=rf"{name}: weight must have the shape \[classes, 4\].*, got \[3, 2\]"
    ):
        function(embedding, label, weight[:, :2])
    with pytest.raises(ValueError, match=rf"{name}: weight must have the shape \[classes, 4\], got \[4\]"):
        function(embedding, label, weight[0])


@pytest.mark.parametrize(
    "function, settings, message",
    [
        (losses.softmax_loss, {"scale": 0}, r"scale must be a number in \(0, inf\), got 0"),
        (losses.softmax_loss, {"normalize": 1}, "normalize must be True or False, got 1"),
        (losses.sphereface_loss, {"margin": 0}, "margin must be an integer of at least 1, got 0"),
        (losses.sphereface_loss, {"margin": 1.5}, "margin must be an integer of at least 1, got 1.5"),
        (losses.sphereface_loss, {"annealing": -1}, r"annealing must be a number in \[0, inf\), got -1"),
        (
            losses.sphereface_loss,
            {"annealing": paddle.ones([2])},
            r"annealing must be one number, got a tens",
        ),
        (
            losses.sphereface_loss,
            {"annealing": paddle.full([1], -2.0)},
            "annealing must be a finite number of",
        ),
        (losses.cosface_loss, {"margin": -0.1}, r"margin must be a number in \[0, inf\), got -0.1"),
        (losses.arcface_loss, {"margin": 28.6}, r"margin must be a number in \[0, pi/2\], got 28.6"),
        (losses.arcface_loss, {"epsilon": 0}, r"epsilon must be a number in \(0, 1\], got 0"),
    ],
)
def test_settings_that_are_refused(function, settings, message):
    with pytest.raises((TypeError, ValueError), match=f"{function.__name__}: {message}"):
        function(*batch(), **settings)


# --------------------------------------------------------------------------------------------- Layers


def test_a_layer_learns_its_centres():
    paddle.seed(0)
    embedding, label, _ = batch(rows=30)
    layer = nn.ArcFaceLoss(embedding_size=4, num_classes=3, scale=8.0)
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    optimizer = paddle.optimizer.Adam(0.05, parameters=layer.parameters())
    embedding = embedding.astype("float32").detach()
    values = []
    for _ in range(30):
        values.append(layer(embedding, label))
        values[-1].backward()
        optimizer.step()
        optimizer.clear_grad()
    assert values[-1].item() < 0.8 * values[0].item()
    again = nn.ArcFaceLoss(embedding_size=4, num_classes=3, scale=8.0)
    again.set_state_dict(layer.state_dict())
    assert again(embedding, label).item() == layer(embedding, label).item()


def test_centres_begin_as_they_are_told_to():
    begin = paddle.nn.initializer.Constant(0.5)
    attr = paddle.ParamAttr(initializer=begin, learning_rate=0.1)
    layer = nn.CosFaceLoss(embedding_size=2, num_classes=5, weight_attr=attr)
    assert layer.weight.shape == [5, 2] and (layer.weight.numpy() == 0.5).all()
    assert layer.weight.optimize_attr["learning_rate"] == 0.1


def test_sizes_are_asked_for():
    with pytest.raises(TypeError, match="ArcFaceLoss: missing a required argument: 'embedding_size'"):
        nn.ArcFaceLoss()
    with pytest.raises(ValueError, match="ArcFaceLoss: num_classes must be an integer of at least 1, got 0"):
        nn.ArcFaceLoss(embedding_size=4, num_classes=0)
    with pytest.raises(TypeError, match=r"ArcFaceLoss: weight_attr must be a paddle\.ParamAttr or None"):
        nn.ArcFaceLoss(embedding_size=4, num_classes=3, weight_attr=False)


def test_the_documentation_of_a_layer_says_how_its_centres_are_trained():
    text = nn.ArcFaceLoss.__doc__
    assert "*loss.parameters()" in text and "num_classes (int)" in text and "weight (Tensor" not in text
    assert "ArcFaceLoss(embedding_size, num_classes, weight_attr=None, margin=0.5" in text


def test_centres_are_saved_with_a_paddle_model(tmp_path):
    network = paddle.nn.Linear(4, 3)
    network.loss = nn.CosFaceLoss(embedding_size=3, num_classes=2)
    model = paddle.Model(network)
    model.prepare(paddle.optimizer.SGD(0.1, parameters=network.parameters()), loss=network.loss)
    before = network.loss.weight.numpy().copy()
    model.train_batch([np.ones([5, 4], "float32")], [np.array([0, 1, 0, 1, 1])])
    assert (network.loss.weight.numpy() != before).any()
    model.save(str(tmp_path / "model"))
    saved = paddle.load(str(tmp_path / "model.pdparams"))
    np.testing.assert_array_equal(np.asarray(saved["loss.weight"]), network.loss.weight.numpy())


def test_annealing_may_be_set_anew():
    embedding, label, weight = batch()
    layer = nn.SphereFaceLoss(embedding_size=4, num_classes=3, annealing=100.0)
    layer.weight.set_value(weight.astype("float32"))
    embedding = embedding.astype("float32")
    first = layer(embedding, label).item()
    layer.annealing = 5.0
    expected = losses.sphereface_loss(embedding, label, layer.weight, annealing=5.0).item()
    assert layer(embedding, label).item() == expected != first


@pytest.mark.parametrize("function", [losses.large_margin_softmax_loss, losses.sphereface_loss])
def test_a_large_margin_without_annealing_shrinks_the_embeddings(function):
    # Why annealing is there: at a right angle ψ is -3, and a shorter embedding costs less.
    embedding, label, weight = at_angle(np.pi / 2)
    for annealing, gain in ((0.0, np.log1p(np.exp(3)) - np.log1p(np.exp(2.7))), (1000.0, 0)):
        whole, shorter = (
            function(length * embedding, label, weight, annealing=annealing).item() for length in (1, 0.9)
        )
        assert whole - shorter == pytest.approx(gain, abs=1e-3)


@pytest.mark.parametrize("full_graph", [True, False])
def test_annealing_as_a_tensor_is_kept_and_seen_by_graphs(full_graph, monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    embedding, label, weight = batch()
    embedding = embedding.astype("float32")
    layer = nn.SphereFaceLoss(embedding_size=4, num_classes=3, annealing=paddle.to_tensor(100.0))
    layer.weight.set_value(weight.astype("float32"))
    traced = paddle.jit.to_static(layer, full_graph=full_graph)
    for annealing in (100.0, 5.0, 0.0):
        layer.annealing.set_value(paddle.to_tensor(annealing))
        expected = losses.sphereface_loss(embedding, label, layer.weight, annealing=annealing).item()
        assert traced(embedding, label).item() == pytest.approx(expected, rel=1e-6)
    layer.annealing.set_value(paddle.to_tensor(7.0))
    again = nn.SphereFaceLoss(embedding_size=4, num_classes=3, annealing=paddle.to_tensor(1000.0))
    again.set_state_dict(layer.state_dict())
    assert again.annealing.item() == 7
