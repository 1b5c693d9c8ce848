"""Margin, metric, contrastive and adversarial losses where nobody looks: extreme units, rows that do not fit,
copies of Layers, the same tensor twice."""

import copy
import pickle

import numpy as np
import paddle
import pytest

import paddle_losses as losses

RNG = np.random.default_rng(7)
X, W = RNG.normal(size=(6, 4)), RNG.normal(size=(3, 4))
LABEL = np.array([0, 1, 2, 1, 0, 2])
MARGIN_LOSSES = [
    "softmax_loss",
    "large_margin_softmax_loss",
    "sphereface_loss",
    "cosface_loss",
    "arcface_loss",
]
CENTRES = ["SoftmaxLoss", "LargeMarginSoftmaxLoss", "SphereFaceLoss", "CosFaceLoss", "ArcFaceLoss"]


def run(name, *arrays, dtype="float64", **settings):
    """The value and the gradients of the floating tensors."""
    tensors = [paddle.to_tensor(np.asarray(a)) for a in arrays]
    tensors = [t.astype(dtype).detach() if t.is_floating_point() else t for t in tensors]
    floating = [t for t in tensors if t.is_floating_point()]
    for tensor in floating:
        tensor.stop_gradient = False
    value = getattr(losses, name)(*tensors, **settings)
    value.sum().backward()
    return value.numpy(), [t.grad.numpy() for t in floating]


def in_program(name, feed, **settings):
    """The value, of tensors whose every first extent is unknown."""
    paddle.enable_static()
    try:
        graph = paddle.static.Program()
        with paddle.static.program_guard(graph, paddle.static.Program()):
            data = []
            for key, array in feed.items():
                shape = list(array.shape) if key == "weight" else [None, *array.shape[1:]]
                data.append(paddle.static.data(key, shape, str(array.dtype)))
            value = getattr(losses, name)(*data, **settings)
        return paddle.static.Executor(paddle.CPUPlace()).run(graph, feed=feed, fetch_list=[value])[0]
    finally:
        paddle.disable_static()


# ------------------------------------------------------------------------------------------- units


@pytest.mark.parametrize("strategy", ["hard", "semihard", "easy", "all"])
@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e200, 1e300])
def test_triplets_are_mined_in_any_unit(strategy, scale):
    # Their squares do not fit into float64: every distance looked alike.
    label = np.array([0, 0, 1, 1, 2, 0])
    value, (grad,) = run("batch_triplet_loss", X, label, strategy=strategy)
    scaled, (scaled_grad,) = run("batch_triplet_loss", X * scale, label, strategy=strategy, margin=scale)
    np.testing.assert_allclose(scaled / scale, value, rtol=1e-12)
    np.testing.assert_allclose(scaled_grad, grad, rtol=1e-9, atol=1e-12)
    tensors = paddle.to_tensor(X), paddle.to_tensor(X * scale), paddle.to_tensor(label)
    indices = losses.mine_triplets(tensors[0], tensors[2], strategy=strategy)
    scaled = losses.mine_triplets(tensors[1], tensors[2], strategy=strategy, margin=scale)
    assert [i.tolist() for i in indices] == [i.tolist() for i in scaled]


@pytest.mark.parametrize("name", ["cosface_loss", "arcface_loss"])
@pytest.mark.parametrize(
    "dtype, scale", [("float32", 1e-30), ("float32", 1e30), ("float64", 1e-200), ("float64", 1e200)]
)
def test_lengths_of_centres_and_embeddings_do_not_matter(name, dtype, scale):
    rtol = 1e-4 if dtype == "float32" else 1e-11
    value, (x_grad, w_grad) = run(name, X, LABEL, W, dtype=dtype)
    long, (long_x, long_w) = run(name, X * scale, LABEL, W / scale, dtype=dtype)
    np.testing.assert_allclose(long, value, rtol=rtol)
    np.testing.assert_allclose(long_x * scale, x_grad, rtol=rtol, atol=rtol * np.abs(x_grad).max())
    np.testing.assert_allclose(long_w / scale, w_grad, rtol=rtol, atol=rtol * np.abs(w_grad).max())


# ------------------------------------------------------------------------------- rows that do not fit


@pytest.mark.parametrize("name", ["cross_entropy", *MARGIN_LOSSES])
@pytest.mark.parametrize("rows, labels", [(1, 6), (6, 1), (6, 5), (3, 6)])
def test_a_program_with_more_labels_than_rows_ends(name, rows, labels):
    # On Paddle 2.6, put_along_axis never returned if there was one row and more labels.
    feed = {"embedding": X[:rows], "label": LABEL[:labels], "weight": W}
    if name == "cross_entropy":
        del feed["weight"]
    try:
        value = in_program(name, feed, reduction="none")
    except ValueError as error:
        assert "dim" in str(error).lower()
    else:
        assert np.isnan(value).all()


@pytest.mark.parametrize("strategy", ["hard", "semihard", "easy", "all"])
@pytest.mark.parametrize("rows, labels", [(1, 6), (6, 1), (6, 5)])
def test_a_program_with_other_labels_than_embeddings(strategy, rows, labels):
    try:
        value = in_program("batch_triplet_loss", {"x": X[:rows], "y": LABEL[:labels]}, strategy=strategy)
    except ValueError as error:
        assert "dim" in str(error).lower() or "index" in str(error).lower()
    else:
        assert np.isnan(value).all()


@pytest.mark.parametrize("name", MARGIN_LOSSES)
@pytest.mark.parametrize("ids", [[0, 10**6, -1], [-(2**63), 2**63 - 1, 1]])
def test_ids_that_do_not_exist_spoil_their_own_row(name, ids):
    with losses.set_value_checks(False):
        value, (x_grad, _) = run(name, X[:3], np.array(ids), W, reduction="none")
    wrong = [not 0 <= i < 3 for i in ids]
    assert np.isnan(value).tolist() == wrong
    assert np.isnan(x_grad).any(1).tolist() == wrong


# ------------------------------------------------------------------------------------ copies of Layers


def copies(layer):
    return [copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))]


def test_a_copied_centre_learns_like_the_original():
    attr = paddle.ParamAttr(learning_rate=0.5, need_clip=False, regularizer=paddle.regularizer.L2Decay(0.1))
    layer = losses.nn.ArcFaceLoss(embedding_size=4, num_classes=3, weight_attr=attr)
    for other in copies(layer):
        assert other.weight.optimize_attr == {"learning_rate": 0.5}
        assert not other.weight.need_clip
        assert isinstance(other.weight.regularizer, paddle.regularizer.L2Decay)
        assert other.weight.trainable


@pytest.mark.parametrize("name", [*CENTRES, "GE2ELoss"])
@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
def test_layers_in_another_dtype(name, dtype):
    make = getattr(losses.nn, name)
    layer = (make() if name == "GE2ELoss" else make(embedding_size=4, num_classes=3)).to(dtype=dtype)
    x = paddle.to_tensor(X, "float64" if dtype == "float64" else "float32")
    tensors = (x.reshape([3, 2, 4]),) if name == "GE2ELoss" else (x, paddle.to_tensor(LABEL))
    value = layer(*tensors)
    value.backward()
    for other in copies(layer):
        assert [p.dtype for p in other.parameters()] == [p.dtype for p in layer.parameters()]
        assert other(*tensors).item() == value.item()
    for parameter in layer.parameters():
        assert parameter.grad.dtype == parameter.dtype
        assert np.isfinite(parameter.grad.astype("float64").numpy()).all()


# ------------------------------------------------------------------------------- one tensor, two places


TWICE = {
    "info_nce_loss": lambda x: losses.info_nce_loss(x, x),
    "info_nce_loss, both ways": lambda x: losses.info_nce_loss(x, x, symmetric=True),
    "multiple_negatives_ranking_loss": lambda x: losses.multiple_negatives_ranking_loss(x, x, x),
    "minimax_discriminator_loss": lambda x: losses.minimax_discriminator_loss(x, x),
    "lsgan_discriminator_loss": lambda x: losses.lsgan_discriminator_loss(x, x),
    "arcface_loss": lambda x: losses.arcface_loss(x[:3], paddle.to_tensor(LABEL[:3]), x[:3], scale=4.0),
}


@pytest.mark.parametrize("name", TWICE)
def test_the_same_tensor_twice(name):
    x = paddle.to_tensor(X, stop_gradient=False)
    TWICE[name](x).backward()
    way, h = RNG.normal(size=X.shape), 1e-6
    ahead, behind = (TWICE[name](paddle.to_tensor(X + s * h * way)).item() for s in (1, -1))
    np.testing.assert_allclose((x.grad.numpy() * way).sum(), (ahead - behind) / (2 * h), rtol=1e-6, atol=1e-9)


def test_embedding_and_centres_of_other_dtypes():
    for x_dtype, w_dtype in [
        ("float32", "float64"),
        ("float64", "float32"),
        ("float32", "bfloat16"),
        ("bfloat16", "float64"),
    ]:
        x, w = paddle.to_tensor(X).astype(x_dtype).detach(), paddle.to_tensor(W).astype(w_dtype).detach()
        x.stop_gradient = w.stop_gradient = False
        value = losses.arcface_loss(x, paddle.to_tensor(LABEL.astype("int32")), w)
        value.backward()
        exact, _ = run("arcface_loss", x.astype("float64").numpy(), LABEL, w.astype("float64").numpy())
        np.testing.assert_allclose(value.item(), exact, rtol=1e-5)
        assert value.dtype == (paddle.float64 if x_dtype == "float64" else paddle.float32)
        assert x.grad.dtype == x.dtype
        assert w.grad.dtype == w.dtype


# ---------------------------------------------------------------------------------- limits that are known


@pytest.mark.parametrize("logit", [-1e29, -1e31, -9e36])
def test_logits_far_below_0(logit):
    logits = paddle.full([1, 3], logit, "float32")
    value = losses.cross_entropy(logits, paddle.to_tensor([0])).item()
    assert value == pytest.approx(np.log(3), rel=1e-6)


@pytest.mark.parametrize("logit", [1e30, 1e37, 3e38])
def test_logits_far_apart(logit):
    logits = paddle.to_tensor([[logit, -logit, 0.0]], stop_gradient=False)
    value = losses.cross_entropy(logits, paddle.to_tensor([0]))
    value.backward()
    assert value.item() == 0 and (logits.grad.numpy() == 0).all()


@pytest.mark.xfail(
    strict=True, reason="mining takes |x|² + |y|² - 2xy, which cancels for clusters 1e8 apart and more"
)
def test_mining_in_a_small_cluster_far_from_the_first_embedding():
    x = np.concatenate([np.zeros([1, 4]), 1e6 + 1e-3 * X])
    near, label = x[1:], np.array([9, 0, 0, 1, 1, 0, 1])
    value, _ = run("batch_triplet_loss", x, label, margin=0.01)
    expected, _ = run("batch_triplet_loss", near, label[1:], margin=0.01)
    np.testing.assert_allclose(value, expected, rtol=1e-6)
