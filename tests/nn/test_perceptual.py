"""Layers that compare two images in the feature maps of a network, which remains the caller's."""

from __future__ import annotations

import copy
import pickle
import tempfile

import modes
import numpy as np
import oracles
import paddle
import pytest

import paddle_losses as losses
from paddle_losses import nn

BOTH = pytest.mark.parametrize("layer", [nn.PerceptualLoss, nn.StyleLoss])
PADDLE_2 = paddle.__version__ < "3"


class Network(paddle.nn.Layer):
    """Everything that could be disturbed: normalisation, dropout, a frozen weight, a layer in eval mode."""

    def __init__(self, activation=paddle.nn.functional.relu):
        super().__init__()
        self.body = paddle.nn.Sequential(
            paddle.nn.Conv2D(3, 4, 3), paddle.nn.BatchNorm2D(4), paddle.nn.Dropout(0.5)
        )
        self.head = paddle.nn.Conv2D(4, 2, 3)
        self.unused = paddle.nn.Linear(2, 2)
        self.activation = activation
        self.body[0].weight.stop_gradient = True
        self.body[1].eval()
        self.body[1]._mean.set_value(paddle.to_tensor([0.1, -0.2, 0.3, 0.0]))

    def forward(self, image):
        return self.head(self.activation(self.body(image)))


LAYERS = ["body.0", "body.2", "head"]


def network(**settings):
    paddle.seed(0)
    return Network(**settings)


def images(dtype="float32", seed=0):
    rng = np.random.default_rng(seed)
    input, label = paddle.to_tensor(rng.normal(size=(2, 2, 3, 8, 8)).astype(dtype))
    input.stop_gradient = False
    return input, label


def state_of(net):
    return (
        [(name, layer.training, len(layer._forward_post_hooks)) for name, layer in net.named_sublayers()],
        [(name, id(tensor), tensor.stop_gradient, tensor.grad) for name, tensor in net.named_parameters()],
        {name: tensor.numpy().tolist() for name, tensor in net.state_dict().items()},
        net.training,
    )


def by_hand(net, image):
    """The maps of LAYERS in eval mode."""
    first = net.body[0](image)
    norm = net.body[1]
    second = paddle.nn.functional.batch_norm(first, norm._mean, norm._variance, norm.weight, norm.bias)
    return [first, second, net.head(net.activation(second))]


# ------------------------------------------------------------------------------------------- values


def test_it_is_the_function_of_the_maps():
    net, (input, label) = network(), images()
    maps = by_hand(net, input), by_hand(net, label)
    for loss, expected in (
        (nn.PerceptualLoss(net, LAYERS), losses.perceptual_loss(*maps)),
        (
            nn.PerceptualLoss(net, LAYERS, norm="l2", weights=[1, 0.5, 2], reduction="none"),
            losses.perceptual_loss(*maps, norm="l2", weights=[1, 0.5, 2], reduction="none"),
        ),
        (nn.StyleLoss(net, LAYERS, reduction="sum"), losses.style_loss(*maps, reduction="sum")),
    ):
        np.testing.assert_allclose(loss(input, label).numpy(), expected.numpy(), rtol=1e-6)


def test_the_order_is_that_of_layers():
    net, (input, label) = network(), images()
    there = nn.PerceptualLoss(net, ["body.0", "head"], weights=[1, 0])(input, label).item()
    assert nn.PerceptualLoss(net, ["head", "body.0"], weights=[0, 1])(input, label).item() == there
    assert nn.PerceptualLoss(net, ["body.0"])(input, label).item() == there


@BOTH
def test_the_gradient_reaches_the_image_through_the_network(layer):
    paddle.set_default_dtype("float64")
    net = network(activation=paddle.tanh)
    paddle.set_default_dtype("float32")
    input, label = images("float64")
    loss = layer(net, LAYERS, **({"norm": "l2"} if layer is nn.PerceptualLoss else {}))
    label.stop_gradient = False
    loss(input, label).backward()
    arrays = {"input": input.numpy(), "label": label.numpy()}

    def value(**images):
        return loss(*[paddle.to_tensor(image) for image in images.values()]).numpy()

    for name, tensor in (("input", input), ("label", label)):
        expected = oracles.gradient(value, arrays, name, step=1e-5)
        np.testing.assert_allclose(tensor.grad.numpy(), expected, rtol=1e-6, atol=1e-9)


@BOTH
def test_equal_images_cost_nothing(layer):
    input, _ = images()
    value = layer(network(), LAYERS)(input, input.detach())
    value.backward()
    assert value.item() == 0
    assert (input.grad.numpy() == 0).all()


def test_a_label_that_needs_no_gradient_leaves_no_graph(monkeypatch):
    seen = []
    monkeypatch.setattr(nn.PerceptualLoss, "_fn", lambda _, x, y, **__: seen.extend([x, y]) or x[0].sum())
    nn.PerceptualLoss(network(), LAYERS)(*images())
    assert [map.stop_gradient for map in seen[0]] == [False] * 3
    assert [map.stop_gradient for map in seen[1]] == [True] * 3


# ------------------------------------------------------------------------------ the network of the caller


@BOTH
def test_the_network_is_as_it_was(layer):
    net = network()
    before = state_of(net)
    layer(net, LAYERS)(*images()).backward()
    assert state_of(net) == before
    assert {training for _, training, _ in before[0]} == {True, False}
    assert {constant for _, _, constant, _ in before[1]} == {True, False}


@BOTH
def test_the_network_is_as_it_was_after_an_error(layer):
    net = network()
    before = state_of(net)
    with pytest.raises(ValueError):
        layer(net, LAYERS)(paddle.zeros([2, 5, 8, 8]), paddle.zeros([2, 5, 8, 8]))
    with pytest.raises(ValueError, match="'unused' ran 0 times"):
        layer(net, ["unused"])(*images())
    assert state_of(net) == before


def test_gradients_that_the_owner_gathers_stay():
    net, (input, label) = network(), images()
    net(input).sum().backward()
    before = net.head.weight.grad.numpy()
    nn.PerceptualLoss(net, LAYERS)(input, label).backward()
    np.testing.assert_array_equal(net.head.weight.grad.numpy(), before)


def test_the_owner_trains_the_network_beside_the_loss():
    # The parameters are constants of the loss only, also if their own graph is older than it.
    net, (input, label) = network(), images()
    out = net(input).sum()
    (nn.PerceptualLoss(net, LAYERS)(input, label) + out).backward()
    together = net.head.bias.grad.numpy()
    assert together.tolist() == [2 * 4 * 4] * 2


@BOTH
def test_no_optimizer_and_no_checkpoint_of_a_model_gets_the_network(layer):
    class Model(paddle.nn.Layer):
        def __init__(self):
            super().__init__()
            self.layer, self.loss = paddle.nn.Conv2D(3, 3, 1), layer(network(), LAYERS)

    model = Model()
    assert len(model.parameters()) == 2
    assert set(model.state_dict()) == {"layer.weight", "layer.bias"}
    assert [name for name, _ in model.named_sublayers()] == ["layer", "loss"]
    model.eval()
    assert model.loss.feature_extractor.training
    model.to(dtype="float64")
    assert model.loss.feature_extractor.head.weight.dtype == paddle.float32


def test_dropout_is_off_and_running_statistics_stay():
    net, (input, label) = network(), images()
    net.train()
    loss = nn.PerceptualLoss(net, LAYERS)
    assert loss(input, label).item() == loss(input, label).item()
    net.body[1].eval()
    assert loss(input, label).item() == nn.PerceptualLoss(net, LAYERS)(input, label).item()


@pytest.mark.filterwarnings("ignore:In static graph mode, relu_")
@pytest.mark.parametrize("full_graph", [None, True, False], ids=["eager", "source", "bytecode"])
def test_an_activation_in_place_does_not_change_a_map(full_graph, monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    input, label = images()
    value = {}
    for activation in (paddle.nn.functional.relu, paddle.nn.functional.relu_):
        net = network(activation=activation)
        # Dropout gives in eval mode what it takes, so both maps are what the activation writes into.
        loss = nn.PerceptualLoss(net, ["body.1", "body.2"])
        value[activation] = run(loss, input, label, full_graph)
    assert len(set(value.values())) == 1


def run(loss, input, label, full_graph):
    """The loss and the gradient that reaches the image: eager, or traced."""
    arrays = {"input": input.numpy(), "label": label.numpy()}
    if full_graph is None:
        value, grads = modes.eager(loss, arrays, {}, "float32", ("input",))
    else:
        value, grads = modes.traced(loss, arrays, "float32", ("input",), full_graph)
    return value.item(), round(float(np.abs(grads["input"]).sum()), 5)


# -------------------------------------------------------------------------------------- graphs, copies


@BOTH
@pytest.mark.parametrize("full_graph", [True, False], ids=["source", "bytecode"])
def test_traced(layer, full_graph, monkeypatch):
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    net, (input, label) = network(), images()
    before = state_of(net)
    loss = layer(net, LAYERS)
    expected = run(loss, input, label, None)
    np.testing.assert_allclose(run(loss, input, label, full_graph), expected, rtol=1e-4)
    assert state_of(net) == before


class Generator(paddle.nn.Layer):
    def __init__(self, loss):
        super().__init__()
        paddle.seed(1)
        self.layer, self.loss = paddle.nn.Conv2D(3, 3, 1), loss

    def forward(self, input, label):
        return self.loss(self.layer(input), label)


@BOTH
@pytest.mark.parametrize("full_graph", [True, False], ids=["source", "bytecode"])
def test_a_traced_model_learns_and_the_network_does_not(layer, full_graph):
    net, (input, label) = network(), images()
    before, grads = state_of(net), []
    for trace in (lambda model: model, lambda model: paddle.jit.to_static(model, full_graph=full_graph)):
        model = trace(Generator(layer(net, LAYERS)))
        for _ in range(2):
            model(input, label).backward()
        grads.append(model.layer.weight.grad.numpy())
        assert state_of(net) == before
    np.testing.assert_allclose(*grads, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("full_graph", [True, False], ids=["source", "bytecode"])
def test_a_traced_loss_follows_the_weights_of_the_network(full_graph):
    net, (input, label) = network(), images()
    loss = nn.PerceptualLoss(net, ["head"])
    traced = paddle.jit.to_static(nn.PerceptualLoss(net, ["head"]), full_graph=full_graph)
    for _ in range(2):
        assert traced(input, label).item() == pytest.approx(loss(input, label).item(), rel=1e-5)
        net.head.weight.set_value(net.head.weight * 2)


class Branching(paddle.nn.Layer):
    def __init__(self):
        super().__init__()
        self.upsample = paddle.nn.Upsample(scale_factor=2)

    def forward(self, image):
        if image.mean() > 0:
            image = image * 3
        return self.upsample(image)


@pytest.mark.parametrize("full_graph", [True, False], ids=["source", "bytecode"])
def test_a_traced_network_may_branch(full_graph):
    loss = paddle.jit.to_static(nn.PerceptualLoss(Branching(), ["upsample"]), full_graph=full_graph)
    ones = paddle.ones([1, 1, 2, 2])
    assert loss(ones, ones * 2).item() == 3
    assert loss(-ones, -ones * 2).item() == 1


@BOTH
def test_saved_for_inference(layer):
    input, label = images()
    model = modes.Model(layer(network(), LAYERS))
    spec = [paddle.static.InputSpec([None, 3, None, None], "float32", name) for name in ("x", "y")]
    with tempfile.TemporaryDirectory() as folder:
        traced = paddle.jit.to_static(modes.Model(model.loss), input_spec=spec, full_graph=True)
        paddle.jit.save(traced, f"{folder}/loss")
        value = paddle.jit.load(f"{folder}/loss")(input, label).item()
    assert value == pytest.approx(model(input, label).item(), rel=1e-5)


@BOTH
def test_in_a_static_program_no_optimizer_trains_the_network(layer):
    input, label = [image.numpy() for image in images()]
    paddle.enable_static()
    try:
        program, start = paddle.static.Program(), paddle.static.Program()
        with paddle.static.program_guard(program, start):
            x, y = [paddle.static.data(name, [None, 3, 8, 8]) for name in ("x", "y")]
            model, head = paddle.nn.Conv2D(3, 3, 1), paddle.nn.Conv2D(3, 2, 3)
            loss = layer(paddle.nn.Sequential(paddle.nn.BatchNorm2D(3), head), ["0", "1"])(model(x), y)
            paddle.optimizer.SGD(0.1).minimize(loss)
        executor = paddle.static.Executor(paddle.CPUPlace())
        executor.run(start)

        def weight(layer):
            return np.array(paddle.static.global_scope().find_var(layer.weight.name).get_tensor())

        before = weight(model), weight(head)
        executor.run(program, feed={"x": input, "y": label}, fetch_list=[loss])
        assert (weight(model) != before[0]).any()
        assert (weight(head) == before[1]).all()
    finally:
        paddle.disable_static()


@BOTH
def test_copies_have_a_network_of_their_own(layer):
    loss, (input, label) = layer(network(), LAYERS), images()
    twins = [copy.deepcopy(loss)] if PADDLE_2 else [copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))]
    expected = loss(input, label).item()
    loss.feature_extractor.head.weight.set_value(paddle.zeros([2, 4, 3, 3]))
    for twin in twins:
        assert twin(input, label).item() == expected
        assert repr(twin) == repr(loss)


def test_repr_is_short():
    loss = nn.PerceptualLoss(network(), ["head"], norm="l2")
    assert repr(loss) == (
        "PerceptualLoss(feature_extractor=Network, layers=['head'], weights=None, norm='l2', "
        "reduction='mean')"
    )
    assert nn.StyleLoss.__doc__.count(
        "(feature_extractor, layers, weights=None, reduction='mean')(input, label)"
    )


def test_hooks_of_the_caller_run_and_stay():
    seen, net = [], network()
    net.head.register_forward_post_hook(lambda layer, _, __: seen.append(layer))
    nn.PerceptualLoss(net, LAYERS)(*images())
    assert seen == [net.head] * 2
    net(images()[0])
    assert len(seen) == 3


def test_a_network_in_half_precision_gives_a_loss_in_full():
    class Half(paddle.nn.Layer):
        def forward(self, image):
            return image.astype("float16")

    input, label = images()
    value = nn.PerceptualLoss(paddle.nn.Sequential(Half()), ["0"])(input, label)
    value.backward()
    assert value.dtype == paddle.float32 and input.grad.dtype == paddle.float32
    assert value.item() == losses.l1_loss(input.astype("float16"), label.astype("float16")).item()


def test_without_gradients():
    input, label = images()
    with paddle.no_grad():
        assert nn.StyleLoss(network(), LAYERS)(input, label).stop_gradient


# ---------------------------------------------------------------------------------- layers and messages


class Odd(paddle.nn.Layer):
    """One activation for two places, one layer with two names, one that gives two tensors."""

    def __init__(self):
        super().__init__()
        self.first, self.second = paddle.nn.Conv2D(3, 3, 1), paddle.nn.Conv2D(3, 3, 1)
        self.activation = paddle.nn.ReLU()
        self.alias = self.second
        self.pool = paddle.nn.MaxPool2D(2, return_mask=True)

    def forward(self, image):
        image = self.activation(self.second(self.activation(self.first(image))))
        return self.pool(image)


def test_a_layer_has_all_its_names():
    net, (input, label) = Odd(), images()
    value = nn.PerceptualLoss(net, ["second"])(input, label).item()
    assert nn.PerceptualLoss(net, ["alias"])(input, label).item() == value
    assert nn.PerceptualLoss(net, ["alias", "second"])(input, label).item() == 2 * value


def test_layers_that_have_no_single_map_are_refused():
    with pytest.raises(ValueError, match=r"PerceptualLoss: layers must name .*, 'activation' ran 2 times"):
        nn.PerceptualLoss(Odd(), ["first", "activation"])(*images())
    with pytest.raises(ValueError, match="StyleLoss: layers must name sublayers that run once"):
        nn.StyleLoss(network(), ["unused"])(*images())
    with pytest.raises(TypeError, match="layers must name sublayers that give one tensor, 'pool' gave tuple"):
        nn.StyleLoss(Odd(), ["pool"])(*images())


def test_what_does_not_fit_is_refused_at_construction():
    net = network()
    with pytest.raises(ValueError, match=r"sublayers of feature_extractor \('body.*\), got 'bodi.0'"):
        nn.PerceptualLoss(net, ["bodi.0"])
    for name in ("", "body.7", "head.weight", "no.such.thing", 0, None):
        with pytest.raises(ValueError, match="StyleLoss: layers must name sublayers of feature_extractor"):
            nn.StyleLoss(net, ["head", name])
    for layers in ("head", [], None):
        with pytest.raises(TypeError, match="PerceptualLoss: layers must be a list of names of sublayers"):
            nn.PerceptualLoss(net, layers)
    with pytest.raises(TypeError, match=r"feature_extractor must be a paddle.nn.Layer, got function"):
        nn.PerceptualLoss(paddle.tanh, ["head"])
    with pytest.raises(TypeError, match="PerceptualLoss: missing a required argument: 'layers'"):
        nn.PerceptualLoss(net)
    with pytest.raises(TypeError, match=r"PerceptualLoss: label must be a paddle\.Tensor, got ndarray"):
        nn.PerceptualLoss(net, ["head"])(paddle.zeros([1, 3, 8, 8]), np.zeros([1, 3, 8, 8]))


# ------------------------------------------------------------------------------------------------ VGG


def test_vgg():
    paddle.seed(0)
    vgg = paddle.vision.models.vgg16().features  # without the classifier: 59 MB
    rng = np.random.default_rng(0)
    input, label = paddle.to_tensor(rng.uniform(size=(2, 2, 3, 32, 32)).astype("float32"))
    input.stop_gradient = False
    relus = ["3", "8", "15", "22"]  # relu1_2, relu2_2, relu3_3, relu4_3
    for loss in (nn.PerceptualLoss(vgg, relus, weights=[1, 1, 1, 0.5]), nn.StyleLoss(vgg, relus)):
        input.clear_gradient(False)
        value = loss(input, label)
        value.backward()
        assert 0 < value.item() < np.inf
        assert np.isfinite(input.grad.numpy()).all() and np.abs(input.grad.numpy()).max() > 0
    assert all(parameter.grad is None for parameter in vgg.parameters())
    assert vgg.training
