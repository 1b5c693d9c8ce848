"""What every loss promises, tested on every row of ``cases.py``."""

from __future__ import annotations

import copy
import inspect
import pickle
import types

import modes
import numpy as np
import oracles
import paddle
import pytest
from cases import CASES, VARIANTS, variant_id

import paddle_losses as losses

each_variant = pytest.mark.parametrize("case, settings", VARIANTS, ids=map(variant_id, VARIANTS))
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


def with_shapes(which):
    """Every variant with every one of its shapes."""
    rows = [(case, settings, shape) for case, settings in VARIANTS for shape in which(case.shapes)]
    names = [f"{variant_id((case, settings))}-{shape}" for case, settings, shape in rows]
    return pytest.mark.parametrize("case, settings, shape", rows, ids=names)


def arrays_of(case, shape=None, seed=0):
    made = case.tensors(np.random.default_rng(seed), case.shapes.usual if shape is None else shape)
    return {name: np.asarray(array) for name, array in made.items()}


def with_reduction(case, settings, reduction):
    return {**settings, "reduction": reduction} if case.reduces else settings


def expected_of(case, settings, arrays):
    """Value of every element and gradients of their sum, from the oracle."""

    held = {"held": arrays} if "held" in inspect.signature(case.oracle).parameters else {}

    def elements(**tensors):
        return oracles.elements(case.oracle(**tensors, **settings, **held))[0]

    grads = {name: oracles.gradient(elements, arrays, name) for name in case.differentiable}
    return elements(**arrays), grads


# ------------------------------------------------------------------------------------------ values


@with_shapes(lambda shapes: shapes.many)
def test_value_and_gradient_equal_the_oracle_in_float64(case, settings, shape):
    arrays = arrays_of(case, shape)
    expected, expected_grads = expected_of(case, settings, arrays)
    value, grads = modes.eager(
        case.function, arrays, with_reduction(case, settings, "none"), "float64", case.differentiable
    )
    assert value.shape == expected.shape
    np.testing.assert_allclose(value, expected, rtol=1e-13, atol=1e-15)
    for name in case.differentiable:
        np.testing.assert_allclose(grads[name], expected_grads[name], rtol=1e-7, atol=1e-8)


reducing = pytest.mark.parametrize(
    "case, settings",
    [variant for variant in VARIANTS if variant[0].reduces],
    ids=[variant_id(variant) for variant in VARIANTS if variant[0].reduces],
)


@reducing
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("dtype, rtol", [("float32", 2e-6), ("float64", 1e-13)])
def test_reductions(case, settings, reduction, dtype, rtol):
    arrays = arrays_of(case)
    expected = oracles.reduce(case.oracle(**arrays, **settings), reduction)
    tensors = modes.tensors_of(arrays, dtype)
    value = case.function(*tensors.values(), **settings, reduction=reduction)
    assert value.dtype == getattr(paddle, dtype)
    assert tuple(value.shape) == np.shape(expected)
    np.testing.assert_allclose(value.numpy(), expected, rtol=rtol, atol=rtol)


@reducing
def test_mean_is_the_default(case, settings):
    tensors = modes.tensors_of(arrays_of(case))
    default = case.function(*tensors.values(), **settings)
    assert default.item() == case.function(*tensors.values(), **settings, reduction="mean").item()


@each_variant
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_and_returned_in_float32(case, settings, dtype):
    tensors = modes.tensors_of(arrays_of(case), dtype, case.differentiable)
    value = case.function(*tensors.values(), **settings)
    raised = [t.astype("float32") if t.dtype == getattr(paddle, dtype) else t for t in tensors.values()]
    assert value.dtype == paddle.float32
    assert value.item() == case.function(*raised, **settings).item()
    value.backward()
    assert tensors[case.differentiable[0]].grad.dtype == getattr(paddle, dtype)


@each_case
def test_a_label_of_another_dtype_takes_that_of_the_prediction(case):
    prediction, *others = modes.tensors_of(arrays_of(case), "float32").values()
    if not others or others[0].dtype != paddle.float32:
        pytest.skip("class ids, or no label")
    label, *rest = others
    settings = case.settings[0]
    value = case.function(prediction, label.astype("float64"), *rest, **settings)
    assert value.dtype == paddle.float32
    assert value.item() == case.function(prediction, label, *rest, **settings).item()


@each_case
def test_half_prediction_with_full_precision_label(case):
    prediction, *others = modes.tensors_of(arrays_of(case), "float32").values()
    half = prediction.astype("float16")
    value = case.function(half, *others, **case.settings[0])
    assert value.dtype == paddle.float32
    assert value.item() == case.function(half.astype("float32"), *others, **case.settings[0]).item()


@each_variant
def test_nan_gives_nan_and_only_there(case, settings):
    tensors = modes.tensors_of(arrays_of(case), "float32")
    prediction, *others = tensors.values()
    clean = case.function(prediction, *others, **with_reduction(case, settings, "none")).numpy()
    array = prediction.numpy().copy()
    array[(0,) * array.ndim if case.rowwise else 0] = np.nan
    spoiled = paddle.to_tensor(array)
    value = case.function(spoiled, *others, **with_reduction(case, settings, "none")).numpy()
    assert np.isnan(value).any()
    if case.rowwise:
        assert np.isnan(value[(0,) * value.ndim])
        value[(0,) * value.ndim] = clean[(0,) * value.ndim]
        np.testing.assert_array_equal(value, clean)
    for reduction in ("mean", "sum"):
        assert np.isnan(case.function(spoiled, *others, **with_reduction(case, settings, reduction)).item())


@each_variant
def test_same_input_same_bits(case, settings):
    arrays = arrays_of(case, seed=1)
    runs = [modes.eager(case.function, arrays, settings, "float32", case.differentiable) for _ in "ab"]
    assert runs[0][0].tobytes() == runs[1][0].tobytes()
    for name in case.differentiable:
        assert runs[0][1][name].tobytes() == runs[1][1][name].tobytes()


@each_variant
def test_the_callers_tensors_are_not_written_to(case, settings):
    tensors = modes.tensors_of(arrays_of(case), "float32", case.differentiable)
    before = {name: tensor.numpy().copy() for name, tensor in tensors.items()}
    case.function(*tensors.values(), **settings).backward()
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensor.numpy(), before[name])
        assert tensor.stop_gradient == (name not in case.differentiable)


# -------------------------------------------------------------------------------- weights and empty


@with_shapes(lambda shapes: shapes.empty)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_empty_input_gives_zero_and_a_harmless_backward(case, settings, shape, reduction):
    arrays = arrays_of(case, shape)
    tensors = modes.tensors_of(arrays, "float32", case.differentiable)
    value = case.function(*tensors.values(), **with_reduction(case, settings, reduction))
    if reduction == "none":
        assert tuple(value.shape) == oracles.elements(case.oracle(**arrays, **settings))[0].shape
        return
    assert value.item() == 0 and list(value.shape) == []
    value.backward()
    grad = tensors[case.differentiable[0]].grad
    assert grad is None or list(grad.shape) == list(tensors[case.differentiable[0]].shape)


@each_variant
def test_an_empty_batch_beside_another_loss_trains_on(case, settings):
    # On 2.6.2 a backward pass that reaches an empty tensor ends the process.
    network = paddle.nn.Linear(4, 2)
    rows = network(paddle.ones([3, 4]))
    arrays = arrays_of(case, case.shapes.empty[0])
    prediction = rows[paddle.zeros([3], "bool")][:, 0]
    shape = arrays[next(iter(arrays))].shape
    prediction = prediction if len(shape) == 1 else paddle.zeros(shape)
    _, *others = modes.tensors_of(arrays, "float32").values()
    loss = case.function(prediction, *others, **settings)
    if paddle.__version__ >= "3" and not prediction.stop_gradient:  # there it leads back to the network
        (grad,) = paddle.grad(loss, network.weight, retain_graph=True)
        assert (grad.numpy() == 0).all()
    (loss + rows.sum()).backward()
    assert (network.weight.grad.numpy() == 3).all()


weighted = pytest.mark.parametrize(
    "case, settings",
    [variant for variant in VARIANTS if variant[0].takes_weights],
    ids=[variant_id(variant) for variant in VARIANTS if variant[0].takes_weights],
)


@weighted
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_sample_weight(case, settings, reduction):
    arrays = arrays_of(case)
    elements = case.oracle(**arrays, **settings)
    weight = np.random.default_rng(1).uniform(0, 2, oracles.elements(elements)[0].shape)
    weight[0] = 0
    expected = oracles.reduce(elements, reduction, weight)
    tensors = {**modes.tensors_of(arrays), "sample_weight": paddle.to_tensor(weight)}
    value = case.function(**tensors, **settings, reduction=reduction)
    np.testing.assert_allclose(value.numpy(), expected, rtol=1e-12)


@weighted
def test_weights_that_are_all_zero_give_zero_with_zero_gradient(case, settings):
    tensors = modes.tensors_of(arrays_of(case), "float32", case.differentiable)
    value = case.function(**tensors, sample_weight=ones_of(case, tensors, settings) * 0, **settings)
    value.backward()
    assert value.item() == 0
    assert (tensors[case.differentiable[0]].grad.numpy() == 0).all()


@weighted
def test_bad_weights_are_refused(case, settings):
    name = case.function.__name__
    tensors = modes.tensors_of(arrays_of(case), "float32")
    ones = ones_of(case, tensors, settings)
    with pytest.raises(ValueError, match=f"{name}: sample_weight must have the shape of"):
        case.function(**tensors, sample_weight=ones[:1], **settings)
    with pytest.raises(ValueError, match=f"{name}: sample_weight must not be negative"):
        case.function(**tensors, sample_weight=-ones, **settings)
    with pytest.raises(TypeError, match=f"{name}: sample_weight must be a paddle.Tensor, got float"):
        case.function(**tensors, sample_weight=0.5, **settings)


def ones_of(case, tensors, settings):
    return paddle.ones_like(case.function(**tensors, **settings, reduction="none"))


# ------------------------------------------------------------------------------------------- modes


@each_variant
@pytest.mark.parametrize("full_graph", [True, False], ids=["source", "bytecode"])
def test_to_static(case, settings, full_graph, monkeypatch):
    # Otherwise the tracer leaves small graphs to eager mode and nothing is tested.
    monkeypatch.setenv("MIN_GRAPH_SIZE", "0")
    arrays = arrays_of(case)
    expected, expected_grads = modes.eager(case.function, arrays, settings, "float32", case.differentiable)
    layer, arrays = case.make(case.layer, settings, arrays), case.given(arrays)
    differentiable = [name for name in case.differentiable if name in arrays]
    value, grads = modes.traced(layer, arrays, "float32", differentiable, full_graph)
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    for name in differentiable:
        np.testing.assert_allclose(grads[name], expected_grads[name], rtol=1e-5, atol=1e-7)
    assert modes.broken_off() == [] or (not case.one_graph and paddle.__version__ < "3")


@each_variant
def test_jit_save_and_load(case, settings):
    arrays = arrays_of(case)
    expected = case.function(*modes.tensors_of(arrays, "float32").values(), **settings).item()
    value = modes.saved(case.make(case.layer, settings, arrays), case.given(arrays), "float32")
    np.testing.assert_allclose(value, expected, rtol=1e-6)


@each_variant
@pytest.mark.parametrize("dtype, rtol", [("float32", 1e-5), ("float64", 1e-12)])
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_static_program(case, settings, dtype, rtol, reduction):
    arrays, options = arrays_of(case), with_reduction(case, settings, reduction)
    expected, expected_grads = modes.eager(case.function, arrays, options, dtype, case.differentiable)
    value, grads = modes.program(case.function, arrays, options, dtype, case.differentiable)
    np.testing.assert_allclose(value, expected, rtol=rtol)
    for name in case.differentiable:
        np.testing.assert_allclose(grads[name], expected_grads[name], rtol=rtol, atol=rtol / 10)


@each_case
def test_a_static_program_does_not_broadcast_extents_it_learns_late(case):
    arrays = arrays_of(case)
    if len(modes.batch_unknown(arrays)) < 2 or None not in next(iter(modes.batch_unknown(arrays).values())):
        pytest.skip("the extents are known")
    second, label = list(arrays.items())[1]
    arrays[second] = label[:1]
    if second in case.apart:
        value, _ = modes.program(case.function, arrays, case.settings[0], "float32", ())
        expected = oracles.reduce(case.oracle(**arrays, **case.settings[0]), "mean")
        np.testing.assert_allclose(value, expected, rtol=1e-5)
        return
    try:
        value, _ = modes.program(case.function, arrays, case.settings[0], "float32", ())
    except (ValueError, RuntimeError) as error:  # Paddle's own: the extents do not fit an operation
        assert "dimension" in str(error) or "shape" in str(error)
    else:
        assert np.isnan(value).all()


@each_variant
def test_no_host_synchronisation_without_value_checks(case, settings, monkeypatch):
    tensors = modes.tensors_of(arrays_of(case), "float32", case.differentiable)

    def refuse(*_, **__):
        raise AssertionError("a loss read a tensor on the host")

    with losses.set_value_checks(False), monkeypatch.context() as patch:
        for method in ("numpy", "item", "tolist", "__float__", "__int__", "__bool__"):
            patch.setattr(paddle.Tensor, method, refuse)
        case.function(*tensors.values(), **settings).backward()


@each_variant
def test_autocast_is_off_inside(case, settings, monkeypatch):
    # On CPU, auto_cast never casts, so watch the switch itself.
    seen = []
    enter = paddle.amp.auto_cast
    pretend_to_cast(monkeypatch)
    monkeypatch.setattr(paddle.amp, "auto_cast", lambda **k: seen.append(k) or enter(**k))
    tensors = modes.tensors_of(arrays_of(case), "float32")
    case.function(*tensors.values(), **settings)
    assert {"enable": False} in seen


def pretend_to_cast(monkeypatch):
    if hasattr(paddle.amp, "is_autocast_enabled"):
        monkeypatch.setattr(paddle.amp, "is_autocast_enabled", lambda: True)
    else:
        tracer = types.SimpleNamespace(_amp_level=paddle.base.core.AmpLevel.O2)
        real = paddle.base.framework._dygraph_tracer
        answers = iter([tracer])
        monkeypatch.setattr(paddle.base.framework, "_dygraph_tracer", lambda: next(answers, None) or real())


# ------------------------------------------------------------------------------------------ Layers


@each_variant
def test_layer_equals_function(case, settings):
    arrays = arrays_of(case)
    expected = case.function(*modes.tensors_of(arrays, "float32").values(), **settings).item()
    layer = case.make(case.layer, settings, arrays)
    tensors = modes.tensors_of(case.given(arrays), "float32")
    assert layer(*tensors.values()).item() == expected
    assert layer(**tensors).item() == expected
    for twin in (pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer)):
        assert twin(*tensors.values()).item() == expected
        assert repr(twin) == repr(layer)


@each_case
def test_layer_declares_what_the_function_declares(case):
    parameters = inspect.signature(case.function).parameters.values()
    settings = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    tensors = [p for p in parameters if p.kind is not p.KEYWORD_ONLY]
    declared = inspect.signature(case.layer).parameters.values()
    assert [p for p in declared if p.name not in case.adds] == settings
    layer = case.make(case.layer, case.settings[0], arrays_of(case))
    forward = inspect.signature(layer.forward).parameters.values()
    taken = [p for p in forward if p.name not in case.takes]
    assert taken == [p for p in tensors if p.name not in case.keeps]
    with pytest.raises(TypeError, match=f"{case.layer.__name__}: .* unexpected .*'no_such_setting'"):
        case.make(case.layer, {**case.settings[0], "no_such_setting": 1}, arrays_of(case))


@each_case
def test_layer_shows_its_settings(case):
    settings = with_reduction(case, case.settings[-1], "sum")
    layer = case.make(case.layer, settings, arrays_of(case))
    assert repr(layer).startswith(f"{case.layer.__name__}(")
    for name, value in settings.items():
        assert getattr(layer, name) == value
        assert f"{name}={value!r}" in repr(layer)


# --------------------------------------------------------------------------------------- bad input


@each_case
def test_bad_input_is_refused_with_a_sentence(case):
    name, settings = case.function.__name__, case.settings[0]
    tensors = modes.tensors_of(arrays_of(case), "float32")
    first, *others = tensors
    prediction, said = tensors[first], case.says.format(first)

    def call(**changed):
        case.function(**{**tensors, **settings, **changed})

    with pytest.raises(TypeError, match=f"{name}: {said} must be a paddle.Tensor, got list.*to_tensor"):
        call(**{first: prediction.tolist()})
    with pytest.raises(TypeError, match=f"{name}: {said} must be a floating tensor .*, got int64"):
        call(**{first: prediction.astype("int64")})
    for bad in ("avg", None) if case.reduces else ():
        with pytest.raises(ValueError, match=f"{name}: reduction must be one of 'mean', .* got {bad!r}"):
            call(reduction=bad)
    for second in others:
        said = case.says.format(second)
        with pytest.raises(TypeError, match=f"{name}: {said} must be a paddle.Tensor, got ndarray"):
            call(**{second: tensors[second].numpy()})
        if second in case.apart:
            with pytest.raises(TypeError, match=f"{name}: {second} must be a floating tensor .*, got int64"):
                call(**{second: tensors[second].astype("int64")})
            continue
        with pytest.raises(ValueError, match=f"{name}: {said} must have .*, got .*othing is broadcast"):
            call(**{second: tensors[second].flatten()[:2].reshape([1, 2])})
