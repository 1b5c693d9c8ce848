"""How fast does each IoU loss move a box onto its target? The simulation of Zheng et al., 2020.

Their algorithm 1: boxes of 7 areas and 7 aspect ratios start at points that are uniform in the disc of
radius 3 around (10, 10), and descend to 7 targets of area 1 there, 200 steps of η (2 - IoU) times the
gradient, with η = 0.1, from 80 % of the steps on 0.01, from 90 % on 0.001. A box is (x, y, w, h), its
error the sum of the absolute differences to the target. With --full, 5000 points make 1 715 000 cases.

The outcome depends on what counts as a constant. With --gradient paper (the default) these are the
enclosing box that a term is divided by (the diagonal of DIoU, CIoU and EIoU, the width and the height of
EIoU) and the weight α of CIoU; GIoU is differentiated through its enclosing box, which is its point. With
--gradient formula the losses are those of the package, which are differentiated through all but α.

    python tools/iou_simulation.py [--points 30 | --full] [--gradient paper] [--seed 0] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Callable

import numpy as np
import paddle
from matplotlib.figure import Figure
from paddle import Tensor
from tqdm import tqdm

import paddle_losses as losses
from paddle_losses.functional._boxes import corners, enclosing, overlap, penalties

ASPECT_RATIOS = (1 / 4, 1 / 3, 1 / 2, 1, 2, 3, 4)
AREAS = (0.5, 0.67, 0.75, 1, 1.33, 1.5, 2)
CENTRE, RADIUS = 10.0, 3.0
STEPS = 200
SHOWN = (0, 50, 100, 150, 200)
CASES_PER_POINT = len(AREAS) * len(ASPECT_RATIOS) ** 2
POINTS_PER_BATCH = 100  # 34 300 cases, some 30 MB; larger batches are hardly faster
EPSILON = 1e-7


def main(arguments: list[str] | None = None) -> dict[str, np.ndarray]:
    """Run it, print the table, write table and figure; the mean errors by loss, one for every step."""
    options = parse(arguments)
    started = time.perf_counter()
    errors = simulate(options.points, options.gradient, options.seed)
    title = f"{options.points * CASES_PER_POINT} cases, gradient of the {options.gradient}"
    print(f"\nmean error, {title}\n{table(errors)}\n{time.perf_counter() - started:.0f} s")
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        write_csv(errors, options.output / "iou_simulation.csv")
        draw(errors, title, options.output / "iou_simulation.png")
        print(f"wrote iou_simulation.csv and iou_simulation.png to {options.output}")
    return errors


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=30, help=f"{CASES_PER_POINT} cases each")
    parser.add_argument("--full", action="store_true", help="5000 points, as in the paper: half an hour")
    parser.add_argument("--gradient", choices=("paper", "formula"), default="paper")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="folder for the table and the figure")
    options = parser.parse_args(arguments)
    if options.points < 1:
        parser.error(f"--points must be at least 1, got {options.points}")
    options.points = 5000 if options.full else options.points
    return options


# --------------------------------------------------------------------------------------- the descent


def simulate(points: int, gradient: str, seed: int) -> dict[str, np.ndarray]:
    """The mean error before the first and after every step, for every loss."""
    places = disc(points, np.random.default_rng(seed))
    batches = np.array_split(places, -(-points // POINTS_PER_BATCH))
    totals = {name: np.zeros(STEPS + 1) for name in LOSSES}
    with tqdm(total=len(batches) * len(LOSSES) * STEPS, unit="step", file=sys.stdout, mininterval=0.5) as bar:
        for batch in batches:
            boxes, target = cases(batch)
            for name in LOSSES:
                bar.set_description(f"{name:10}", refresh=False)
                totals[name] += descend(boxes, target, LOSSES[name], gradient, bar)
    return {name: total / (points * CASES_PER_POINT) for name, total in totals.items()}


def disc(points: int, rng: np.random.Generator) -> np.ndarray:
    """Points uniform in the disc."""
    radius, angle = RADIUS * np.sqrt(rng.uniform(size=points)), 2 * np.pi * rng.uniform(size=points)
    return CENTRE + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def cases(places: np.ndarray) -> tuple[Tensor, Tensor]:
    """Every box at every place with every target, as (x, y, w, h)."""
    index, area, ratio, target_ratio = (
        grid.ravel()
        for grid in np.meshgrid(np.arange(len(places)), AREAS, ASPECT_RATIOS, ASPECT_RATIOS, indexing="ij")
    )
    boxes = np.column_stack([places[index.astype(int)], np.sqrt(area * ratio), np.sqrt(area / ratio)])
    target = np.column_stack([np.full([len(area), 2], CENTRE), target_ratio**0.5, target_ratio**-0.5])
    return paddle.to_tensor(boxes.astype("float32")), paddle.to_tensor(target.astype("float32"))


def descend(boxes: Tensor, target: Tensor, loss: Loss, gradient: str, bar: tqdm) -> np.ndarray:
    """The sum of the errors of all boxes, before the first step and after every step."""
    errors = [total_error(boxes, target)]
    for step in range(STEPS):
        rate = 0.1 if step < 0.8 * STEPS else 0.01 if step < 0.9 * STEPS else 0.001
        boxes = boxes.detach()
        boxes.stop_gradient = False
        iou, value = loss(boxes, target, gradient)
        (slope,) = paddle.grad(value.sum(), boxes)
        boxes = boxes - rate * (2 - iou.detach().astype("float32")).unsqueeze(1) * slope
        errors.append(total_error(boxes, target))
        bar.update()
    return np.array(errors)


def total_error(boxes: Tensor, target: Tensor) -> float:
    return (boxes - target).detach().abs().astype("float64").sum().item()


# ---------------------------------------------------------------------------------------- the losses

Loss = Callable[[Tensor, Tensor, str], "tuple[Tensor, Tensor]"]  # to IoU and loss, box by box


def made_of(kind: str, combine: Callable[[Tensor, Tensor, list[Tensor]], Tensor]) -> Loss:
    """A loss from IoU, 1 - IoU and the terms of a kind; for the paper the enclosing box is held."""

    def loss(boxes: Tensor, target: Tensor, gradient: str) -> tuple[Tensor, Tensor]:
        first, second = corners(boxes, "cxcywh"), corners(target, "cxcywh")
        miss, iou, union = overlap(first, second, EPSILON)
        frame = enclosing(first, second)
        if gradient == "paper" and kind != "giou":
            frame = frame.detach()
        return iou, combine(iou, miss, penalties(kind, first, second, miss, union, frame, EPSILON))

    return loss


def plain(iou: Tensor, miss: Tensor, terms: list[Tensor]) -> Tensor:
    return sum(terms, miss)


def focal(iou: Tensor, miss: Tensor, terms: list[Tensor]) -> Tensor:
    return iou.detach() ** 0.5 * sum(terms, miss)


def cubed(iou: Tensor, miss: Tensor, terms: list[Tensor]) -> Tensor:
    return sum([term**3 for term in terms], 1 - iou**3)


def without_terms(function: Callable[..., Tensor]) -> Loss:
    """A loss of the package that knows nothing but the IoU."""

    def loss(boxes: Tensor, target: Tensor, gradient: str) -> tuple[Tensor, Tensor]:
        iou = losses.box_iou(boxes.detach(), target, aligned=True, box_format="cxcywh")
        return iou, function(boxes, target, box_format="cxcywh", reduction="none")

    return loss


LOSSES = {
    "IoU": without_terms(losses.iou_loss),
    "RIoU": without_terms(losses.riou_loss),
    "GIoU": made_of("giou", plain),
    "DIoU": made_of("diou", plain),
    "CIoU": made_of("ciou", plain),
    "EIoU": made_of("eiou", plain),
    "focal EIoU": made_of("eiou", focal),
    "α-CIoU": made_of("ciou", cubed),
}


# ---------------------------------------------------------------------------------------- the results


def table(errors: dict[str, np.ndarray]) -> str:
    lines = [f"{'after step':12}" + "".join(f"{step:9}" for step in SHOWN)]
    lines += [f"{name:12}" + "".join(f"{row[step]:9.4f}" for step in SHOWN) for name, row in errors.items()]
    return "\n".join(lines)


def write_csv(errors: dict[str, np.ndarray], path: Path) -> None:
    header = ",".join(["step", *errors])
    rows = np.column_stack([np.arange(STEPS + 1), *errors.values()])
    np.savetxt(path, rows, fmt=["%d"] + ["%.6f"] * len(errors), delimiter=",", header=header, comments="",
               encoding="utf-8")  # fmt: skip


def draw(errors: dict[str, np.ndarray], title: str, path: Path) -> None:
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for name, row in errors.items():
        axes.plot(row, label=name)
    axes.set(xlabel="step", ylabel="mean error |Δx| + |Δy| + |Δw| + |Δh|", title=title, xlim=(0, STEPS))
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
