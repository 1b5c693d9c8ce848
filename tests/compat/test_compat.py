"""The documents' functions: their printed bytes, and what old code may rely on."""

from __future__ import annotations

import inspect

import modes
import numpy as np
import paddle
import pytest

from paddle_losses import compat
from paddle_losses.compat import _arithmetic

# The printed lines and their bytes once more, so that an edit of the data in the package shows.
PRINTED = {
    "L1 Loss: [array([1.3333334], dtype=float32)]": "abaaaa3f",
    "L2 Loss: [array([2.6666667], dtype=float32)]": "abaa2a40",
    "MBE: [array([0.], dtype=float32)]": "00000000",
    "Huber Loss: [array([3.3333333], dtype=float32)]": "55555540",
    "Log-Cosh: [array([1.2114438], dtype=float32)]": "97109b3f",
    "quantile loss: [array([0.75], dtype=float32)]": "0000403f",
    "BCE Loss: [array([0.07029679], dtype=float32)]": "c3f78f3d",
    "WCE Loss: [array([0.07029679], dtype=float32)]": "c3f78f3d",
    "Balanced Cross Entropy: [array([0.03514839], dtype=float32)]": "c3f70f3d",
    "Focal Loss: [array([0.00035533], dtype=float32)]": "054bba39",
    "Hinge Loss: [array([9.292055e-05], dtype=float32)]": "57dec238",
}

SIGNATURES = {
    "l1_loss": "(pred, label)",
    "l2_loss": "(pred, label)",
    "mean_bias_error": "(pred, label)",
    "huber_loss": "(pred, label, delta=1)",
    "logcosh_loss": "(pred, label)",
    "quantile_loss": "(pred, label, gamma)",
    "bce_loss": "(pred, label, epsilon=1e-05)",
    "wce_loss": "(pred, label, w=1, epsilon=1e-05)",
    "balanced_ce_loss": "(pred, label, beta=0.5, epsilon=1e-05)",
    "focal_loss": "(pred, label, alpha=0.25, gamma=2, epsilon=1e-06)",
    "hinge_loss": "(pred, label)",
}

each_function = pytest.mark.parametrize("name", SIGNATURES)
each_example = pytest.mark.parametrize("example", compat.EXAMPLES, ids=lambda e: e.printed.split(":")[0])


def call(name, pred, label):
    return getattr(compat, name)(pred, label, **({"gamma": 0.3} if name == "quantile_loss" else {}))


def test_all_examples_are_there():
    assert {example.printed: example.bytes for example in compat.EXAMPLES} == PRINTED
    assert [example.cell for example in compat.EXAMPLES] == list(range(23, 34))


@each_example
def test_printed_line_and_bytes(example):
    value = example.run()
    assert value.dtype == np.float32 and value.shape == (1,)
    assert value.tobytes().hex() == PRINTED[example.printed]
    assert example.line(value) == example.printed


@each_example
def test_tensors_give_the_same_bytes(example):
    tensors = [paddle.to_tensor(v, dtype="float32").reshape([-1, 1]) for v in (example.pred, example.label)]
    value = example.function(*tensors, **example.arguments)
    assert value.numpy().tobytes().hex() == example.bytes


def test_the_printed_hinge_line_is_labelled_as_what_it_is():
    example = compat.EXAMPLES[-1]
    assert example.function is compat.focal_loss
    assert "not the hinge loss" in example.note


@each_function
def test_signature_is_the_documents(name):
    function = getattr(compat, name)
    shown = inspect.signature(function).replace(return_annotation=inspect.Signature.empty)
    assert str(shown) == SIGNATURES[name]


@each_function
@pytest.mark.parametrize("kind", [np.asarray, paddle.to_tensor, list])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_tensors_arrays_and_lists_give_float32_of_shape_1(name, kind, dtype):
    pred, label = np.array([1, 1, 1], dtype), np.array([1, -1, 1], dtype)
    value = call(name, kind(pred), kind(label))
    assert value.dtype == paddle.float32 and list(value.shape) == [1]


@each_function
def test_gradients_flow(name):
    pred = paddle.to_tensor([0.8, 0.3], stop_gradient=False)
    call(name, pred, paddle.to_tensor([1.0, -1.0 if name == "hinge_loss" else 0.0])).backward()
    assert np.isfinite(pred.grad.numpy()).all() and (pred.grad.numpy() != 0).all()


@pytest.mark.parametrize("name", ["bce_loss", "wce_loss", "balanced_ce_loss", "focal_loss"])
def test_no_gradient_where_clip_holds(name):
    pred = paddle.to_tensor([0.0, 0.25, 0.6, 0.75, 1.0], stop_gradient=False)
    getattr(compat, name)(pred, paddle.ones([5]), epsilon=0.25).backward()
    assert (pred.grad.numpy() != 0).tolist() == [False, False, True, False, False]


@each_function
def test_bad_input_is_refused(name):
    with pytest.raises(ValueError, match=rf"compat.{name}: label must have the shape of pred, \[2, 1\]"):
        call(name, np.ones([2, 1]), np.ones(2))
    with pytest.raises(TypeError, match=f"compat.{name}: pred must be a tensor or an array of numbers"):
        call(name, ["one"], [1.0])


@each_function
def test_a_static_program_with_an_unknown_batch(name):
    arrays = {"pred": np.array([[0.8], [0.3]], "float32"), "label": np.array([[1], [1]], "float32")}
    expected = call(name, *arrays.values()).item()
    value, _ = modes.program(lambda *tensors: call(name, *tensors), arrays, {}, "float32", ["pred"])
    assert value.shape == (1,) and value[0] == expected


@each_function
def test_traced_with_an_unknown_batch(name):
    spec = paddle.static.InputSpec([None, 1], "float32")
    traced = paddle.jit.to_static(Call(name), input_spec=[spec, spec], full_graph=True)
    pred, label = paddle.to_tensor([[0.8], [0.3]]), paddle.ones([2, 1])
    assert traced(pred, label).item() == call(name, pred, label).item()


class Call(paddle.nn.Layer):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def forward(self, pred, label):
        return call(self.name, pred, label)


@each_function
def test_empty_input_gives_zero(name):
    value = call(name, np.zeros([0, 1]), np.zeros([0, 1]))
    assert value.numpy().tolist() == [0.0]


def test_huber_of_the_document_is_not_hubers():
    pred, label = [4.0, 2.0, 1.0], [1.0, 2.0, 3.0]
    assert compat.huber_loss(pred, label, delta=2).item() == np.float32(10 / 3)


def test_sums_run_from_left_to_right_in_float32():
    # 1e8 swallows every following 1, which a wider sum would not.
    values = np.array([1e8] + [1.0] * 7, "float32")
    assert compat.mean_bias_error(values, np.zeros(8)).item() == 1e8 / 8


def test_long_sums_do_not_drift():
    values = np.full(10**6, 0.1, "float32")
    assert compat.l1_loss(values, np.zeros(10**6)).item() == np.float32(0.1)


def test_log_cosh_of_the_document_overflows():
    assert compat.logcosh_loss([100.0], [0.0]).item() == np.inf


def test_the_fixed_hinge_refuses_zero_labels():
    with pytest.raises(ValueError, match=r"compat.hinge_loss: label must be -1 or 1 .* 2 \* label - 1"):
        compat.hinge_loss([0.9, 0.1], [1, 0])


# ------------------------------------------------------------------------------- settings, rounding

P, Y = np.array([0.9, 0.2, 0.6]), np.array([1.0, 0.0, 1.0])


def entropy(positive, negative, epsilon=1e-5):
    """The documents' clipped cross entropy with factors for its two terms, in NumPy."""
    p, y = np.clip(P, epsilon, 1 - epsilon), np.clip(Y, epsilon, 1 - epsilon)
    return -np.mean(positive(p) * y * np.log(p) + negative(p) * (1 - y) * np.log(1 - p))


SETTINGS = [
    ("huber_loss", {"delta": 0.25}, np.mean(np.minimum(0.25 * abs(P - Y), (P - Y) ** 2))),
    ("quantile_loss", {"gamma": 0.3}, np.mean(np.where(P > Y, 0.7, 0.3) * abs(P - Y))),
    ("bce_loss", {"epsilon": 0.25}, entropy(np.ones_like, np.ones_like, 0.25)),
    ("wce_loss", {"w": 3}, entropy(lambda p: 3, np.ones_like)),
    ("wce_loss", {"epsilon": 0.25}, entropy(np.ones_like, np.ones_like, 0.25)),
    ("balanced_ce_loss", {"beta": 0.8}, entropy(lambda p: 0.8, lambda p: 0.2)),
    ("balanced_ce_loss", {"epsilon": 0.25}, entropy(np.ones_like, np.ones_like, 0.25) / 2),
    ("focal_loss", {"gamma": 3}, entropy(lambda p: 0.25 * (1 - p) ** 3, lambda p: 0.75 * p**3, 1e-6)),
    ("focal_loss", {"alpha": 0.9}, entropy(lambda p: 0.9 * (1 - p) ** 2, lambda p: 0.1 * p**2, 1e-6)),
    ("focal_loss", {"epsilon": 0.25}, entropy(lambda p: 0.25 * (1 - p) ** 2, lambda p: 0.75 * p**2, 0.25)),
]


@pytest.mark.parametrize("name, settings, expected", SETTINGS, ids=[f"{n}-{s}" for n, s, _ in SETTINGS])
def test_settings(name, settings, expected):
    assert getattr(compat, name)(P, Y, **settings).item() == pytest.approx(expected, rel=1e-5)


def test_bools_are_numbers():
    assert compat.l1_loss(np.array([True, False]), [True, True]).item() == 0.5


@pytest.mark.parametrize(
    "ours, numpys",
    [
        (_arithmetic.log, np.log),
        (lambda x: _arithmetic.power(x, 2.5), lambda x: x**2.5),
        (lambda x: _arithmetic.exponential(np.e, x), lambda x: np.e**x),
    ],
    ids=["log", "power", "exponential"],
)
def test_transcendental_functions_are_rounded_once(ours, numpys):
    x = np.random.default_rng(0).uniform(0.01, 5, 5000).astype("float32")
    exact = numpys(x.astype("float64")).astype("float32")
    assert ours(paddle.to_tensor(x)).numpy().tobytes() == exact.tobytes()
