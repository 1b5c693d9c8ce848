"""The simulation of box regression, small: the order of the losses, and what it leaves behind."""

from __future__ import annotations

import iou_simulation as simulation
import numpy as np
import paddle
import pytest

import paddle_losses as losses

FASTEST_FIRST = ("EIoU", "CIoU", "DIoU", "GIoU", "IoU")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulation") / "new"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "LOSSES", {name: simulation.LOSSES[name] for name in FASTEST_FIRST})
        return simulation.main(["--points", "3", "--seed", "1", "--output", str(folder)]), folder


def test_the_order_of_the_losses_after_a_hundred_steps(run):
    errors, _ = run
    at_100 = [errors[name][100] for name in FASTEST_FIRST]
    assert at_100 == sorted(at_100)
    assert errors["IoU"][200] > 1 > errors["GIoU"][200]
    for name in ("DIoU", "CIoU", "EIoU"):
        assert errors[name][200] < 0.1


def test_all_start_alike(run):
    errors, _ = run
    assert len({row[0] for row in errors.values()}) == 1
    assert all(row.shape == (201,) and np.isfinite(row).all() for row in errors.values())


def test_table_and_figure_are_written(run):
    errors, folder = run
    header, *lines = (folder / "iou_simulation.csv").read_text(encoding="utf-8").splitlines()
    assert header.split(",") == ["step", *FASTEST_FIRST]
    assert len(lines) == 201
    written = [float(number) for number in lines[100].split(",")]
    assert written == pytest.approx([100, *[row[100] for row in errors.values()]], abs=1e-6)
    assert (folder / "iou_simulation.png").read_bytes()[:4] == b"\x89PNG"


def test_the_cases_are_those_of_the_paper():
    boxes, target = simulation.cases(simulation.disc(2, np.random.default_rng(0)))
    boxes, target = boxes.numpy(), target.numpy()
    assert simulation.CASES_PER_POINT * 5000 == 1_715_000
    assert len(np.unique(np.concatenate([boxes, target], 1), axis=0)) == 2 * 343
    np.testing.assert_allclose(target[:, 2] * target[:, 3], 1, rtol=1e-6)
    assert (target[:, :2] == 10).all()
    np.testing.assert_allclose(np.unique(target[:, 2] / target[:, 3]), simulation.ASPECT_RATIOS, rtol=1e-6)
    areas = boxes[:, 2] * boxes[:, 3]
    np.testing.assert_allclose(np.unique(areas.round(3)), simulation.AREAS, atol=1e-6)


def test_starting_points_fill_the_disc():
    points = simulation.disc(20_000, np.random.default_rng(0)) - 10
    radius = np.hypot(*points.T)
    assert radius.max() <= 3 and (radius < 1.5).mean() == pytest.approx(0.25, abs=0.01)


def test_a_size_that_makes_no_sense_is_refused(capsys):
    with pytest.raises(SystemExit):
        simulation.main(["--points", "0"])
    assert "--points must be at least 1, got 0" in capsys.readouterr().err


def test_the_gradient_of_the_formula_is_that_of_the_package():
    boxes, target = simulation.cases(simulation.disc(1, np.random.default_rng(0)))
    boxes.stop_gradient = False
    pairs = {
        "GIoU": losses.giou_loss,
        "DIoU": losses.diou_loss,
        "CIoU": losses.ciou_loss,
        "EIoU": losses.eiou_loss,
        "focal EIoU": losses.focal_eiou_loss,
        "α-CIoU": lambda *boxes, **options: losses.alpha_iou_loss(*boxes, base="ciou", **options),
    }
    for name, function in pairs.items():
        for gradient in ("formula", "paper"):
            _, value = simulation.LOSSES[name](boxes, target, gradient)
            ours = function(boxes, target, box_format="cxcywh", reduction="none")
            np.testing.assert_allclose(value.astype("float32").numpy(), ours.numpy(), rtol=1e-6)
            (slope,) = paddle.grad(value.sum(), boxes)
            (expected,) = paddle.grad(ours.sum(), boxes)
            same = np.allclose(slope.numpy(), expected.numpy(), rtol=1e-5, atol=1e-7)
            assert same == (gradient == "formula" or name == "GIoU")
