"""What the papers say must hold of the losses of feature maps, and what happens at their edges."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import paddle_losses as losses

each_norm = pytest.mark.parametrize("norm", ["l1", "l2"])
each_loss = pytest.mark.parametrize("loss", [losses.perceptual_loss, losses.style_loss])


def maps(*shape, seed=0, dtype="float64"):
    return paddle.to_tensor(np.random.default_rng(seed).normal(size=(2, *shape)).astype(dtype)).unbind()


def gram(x):
    rows = x.numpy().reshape([*x.shape[:2], -1])
    return rows @ rows.transpose([0, 2, 1])


# -------------------------------------------------------------------------------------- both of them


@each_loss
def test_equal_maps_cost_nothing(loss):
    x, _ = maps(2, 3, 4, 5, dtype="float32")
    x.stop_gradient = False
    value = loss([x, x * 2], [x.detach(), (x * 2).detach()])
    value.backward()
    assert value.item() == 0
    assert (x.grad.numpy() == 0).all()


@each_loss
def test_it_is_linear_in_the_weights(loss):
    (a, b), (c, d) = maps(2, 3, 4, 5), maps(2, 6, 2, seed=1)
    of_a, of_c = loss([a], [b]).item(), loss([c], [d]).item()
    assert loss([a, c], [b, d]).item() == pytest.approx(of_a + of_c, rel=1e-14)
    assert loss([a, c], [b, d], weights=(3, 0.1)).item() == pytest.approx(3 * of_a + 0.1 * of_c, rel=1e-14)
    assert loss((a, c), (b, d), weights=[0, 1]).item() == of_c


@each_loss
def test_it_is_symmetric(loss):
    x, y = maps(2, 3, 4)
    assert loss([x], [y]).item() == pytest.approx(loss([y], [x]).item(), rel=1e-14)


@each_loss
def test_samples_do_not_meet(loss):
    x, y = maps(3, 4, 5, 6)
    each = [loss([x[i : i + 1]], [y[i : i + 1]]).item() for i in range(3)]
    np.testing.assert_allclose(loss([x], [y], reduction="none").numpy(), each, rtol=1e-14)
    np.testing.assert_allclose(loss([x], [y]).item(), np.mean(each), rtol=1e-14)
    np.testing.assert_allclose(loss([x], [y], reduction="sum").item(), np.sum(each), rtol=1e-14)


@each_loss
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 5), (2, 3, 5, 2), (2, 3, 5, 1, 2)])
def test_maps_have_any_number_of_axes(loss, shape):
    x, y = maps(*shape)
    flat = [map.reshape([2, 3, -1]) for map in (x, y)]
    assert loss([x], [y]).item() == pytest.approx(loss(flat[:1], flat[1:]).item(), rel=1e-14)


@each_loss
def test_an_empty_map_counts_nothing_beside_another(loss):
    x, y = maps(2, 3, 4)
    x.stop_gradient = False
    nothing = paddle.zeros([2, 0, 5], "float64")
    value = loss([x, nothing], [y, nothing])
    value.backward()
    assert value.item() == loss([x], [y]).item()
    assert np.abs(x.grad.numpy()).max() > 0


@each_loss
def test_infinity_is_handed_on_as_nan_or_infinity(loss):
    x, y = maps(2, 3, 4, dtype="float32")
    x[0, 0, 0] = float("inf")
    value = loss([x], [y], reduction="none").numpy()
    assert not np.isfinite(value[0]) and np.isfinite(value[1])


def test_the_dtype_is_that_of_the_first_map():
    x, y = maps(2, 3, 4)
    for first, dtype in (("float16", "float32"), ("float32", "float32"), ("float64", "float64")):
        value = losses.perceptual_loss([x.astype(first), x], [y.astype(first), y])
        assert value.dtype == getattr(paddle, dtype)


# ----------------------------------------------------------------------------------- perceptual loss


def test_of_the_image_itself_it_is_the_loss_of_pixels():
    x, y = maps(2, 3, 4, 5, dtype="float32")
    assert losses.perceptual_loss([x], [y]).item() == losses.l1_loss(x, y).item()
    assert losses.perceptual_loss([x], [y], norm="l2").item() == pytest.approx(
        losses.mse_loss(x, y).item(), rel=1e-7
    )


@each_norm
def test_large_maps_count_no_more_than_small_ones(norm):
    small, large = paddle.full([2, 1, 1], 3.0), paddle.full([2, 8, 9, 10], 3.0)
    values = [losses.perceptual_loss([m], [paddle.zeros_like(m)], norm=norm).item() for m in (small, large)]
    assert values == [3.0, 3.0] if norm == "l1" else values == [9.0, 9.0]


def test_other_conventions_are_multiples():
    x, y = maps(2, 3, 4, 5)
    ours = losses.perceptual_loss([x], [y], norm="l2", reduction="none").numpy()
    squares = (x - y).numpy() ** 2
    np.testing.assert_allclose(squares.sum((1, 2, 3)) / 2, 60 / 2 * ours)  # Gatys et al.
    np.testing.assert_allclose(squares.mean((2, 3)).sum(1), 3 * ours)  # piq


# ---------------------------------------------------------------------------------------- style loss


def test_where_a_feature_is_does_not_matter():
    x, y = maps(2, 3, 4, 5)
    value = losses.style_loss([x], [y]).item()
    order = paddle.to_tensor(np.random.default_rng(1).permutation(20))
    shuffled = x.reshape([2, 3, 20]).index_select(order, 2).reshape([2, 3, 4, 5])
    for moved in (
        shuffled,
        x.flip(3),
        x.flip([2, 3]),
        x.roll(2, 3),
        x.transpose([0, 1, 3, 2]).reshape(x.shape),
    ):
        assert losses.style_loss([moved], [y]).item() == pytest.approx(value, rel=1e-13)
        assert losses.style_loss([moved], [x]).item() < 1e-30
        assert losses.perceptual_loss([moved], [x]).item() > 0.1


def test_which_feature_it_is_matters():
    x, _ = maps(2, 3, 4, 5)
    assert losses.style_loss([x], [x.flip(1)]).item() > 1e-5


def test_the_gram_matrix_of_constant_maps():
    # Of channels a_c everywhere G_cd = a_c a_d / C, whatever the extent; here a = (1, 2) against 0.
    for extent in ([1], [7], [3, 5]):
        x = paddle.ones([2, 2, *extent]) * paddle.to_tensor([1.0, 2.0]).reshape([2, *[1 for _ in extent]])
        value = losses.style_loss([x], [paddle.zeros_like(x)]).item()
        assert value == pytest.approx((1 + 4 + 4 + 16) / 2**2 / 4, rel=1e-7)


def test_the_sign_of_a_map_does_not_matter():
    x, _ = maps(2, 3, 4)
    assert losses.style_loss([x], [-x]).item() == 0


def test_the_conventions_of_the_papers_are_multiples():
    x, y = maps(2, 3, 4, 5)
    ours = losses.style_loss([x], [y], reduction="none").numpy()
    square = (gram(x) - gram(y)) ** 2
    channels, positions = 3, 20
    size = channels * positions
    johnson = (square / size**2).sum((1, 2))
    gatys = square.sum((1, 2)) / (4 * channels**2 * positions**2)
    np.testing.assert_allclose(johnson, channels**2 * ours)
    np.testing.assert_allclose(gatys, channels**2 / 4 * ours)
    np.testing.assert_allclose(square.mean((1, 2)), size**2 * ours)  # piq


# ---------------------------------------------------------------------------------- second derivative


@each_loss
def test_the_second_derivative(loss):
    x, y = maps(2, 3, 4)
    settings = {"norm": "l2"} if loss is losses.perceptual_loss else {}
    x.stop_gradient = False
    direction = paddle.to_tensor(np.random.default_rng(2).normal(size=x.shape))
    with losses.set_kernels(False):
        value = loss([x], [y], **settings)
    (slope,) = paddle.grad(value, x, create_graph=True)
    (bend,) = paddle.grad((slope * direction).sum(), x)

    def slope_at(step):
        moved = (x.detach() + step * direction).detach()
        moved.stop_gradient = False
        return paddle.grad(loss([moved], [y], **settings), moved)[0].numpy()

    step = paddle.to_tensor(1e-5, dtype="float64")
    expected = (slope_at(step) - slope_at(-step)) / 2e-5
    np.testing.assert_allclose(bend.numpy(), expected, rtol=1e-6, atol=1e-10)


# ------------------------------------------------------------------------------------------ messages


@each_loss
def test_what_does_not_fit_is_refused(loss):
    name = loss.__name__
    x, y = maps(2, 3, 4)
    with pytest.raises(TypeError, match=rf"{name}: features_input must be a list .* Wrap a single map: \["):
        loss(x, [y])
    with pytest.raises(TypeError, match=rf"{name}: features_label must be a list of feature maps, got dict"):
        loss([x], {"relu": y})
    for lists in (([], []), ([x], []), ([x], [y, y])):
        with pytest.raises(ValueError, match=f"{name}: features_label must have as many maps as"):
            loss(*lists)
    with pytest.raises(ValueError, match=rf"{name}: features_label\[1\] must have the shape of features_in"):
        loss([x, x], [y, y[:, :1]])
    with pytest.raises(ValueError, match=rf"{name}: features_input\[1\] must have the batch of features_in"):
        loss([x, x[:1]], [y, y[:1]])
    with pytest.raises(ValueError, match=rf"{name}: features_input\[0\] must have the shape \[N, C, \*\]"):
        loss([x[0, 0]], [y[0, 0]])
    with pytest.raises(TypeError, match=f"{name}: weights must be a list of one number per map, got float"):
        loss([x], [y], weights=0.5)
    with pytest.raises(ValueError, match=f"{name}: weights must have one number per map, 1, got 2"):
        loss([x], [y], weights=[1, 2])
    with pytest.raises(ValueError, match=rf"{name}: weights\[0\] must be a number in \[0, inf\), got -1"):
        loss([x], [y], weights=[-1])
    with pytest.raises(TypeError, match=rf"{name}: weights\[0\] must be a number in \[0, inf\), got str"):
        loss([x], [y], weights=["1"])


def test_an_unknown_norm_is_refused():
    x, y = maps(2, 3, 4)
    with pytest.raises(ValueError, match="perceptual_loss: norm must be one of 'l1', 'l2', got 'L1'"):
        losses.perceptual_loss([x], [y], norm="L1")
