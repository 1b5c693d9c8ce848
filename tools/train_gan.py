"""Eight Gaussians on a circle, learnt with every adversarial loss of the package: which modes come out?

The data lie around 8 points on a circle of radius 2, with a standard deviation of 0.05. For each pair of
losses two small networks play, with the same sizes, rates, seed and number of generator steps. Of 8000
samples, those within 3 standard deviations of a mode are good, and a mode is covered if at least 1 % of all
samples are good ones of its own (its share is 12.5 %).

The critics of the Wasserstein and the loss-sensitive GAN are kept Lipschitz by the gradient penalty and take
3 steps for one of the generator's. The loss-sensitive critic ends in a softplus, for its outputs are losses:
without a lower bound the real ones fall for ever.

    python tools/train_gan.py [--steps 4000] [--seed 0] [--figure gan.png]
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
import paddle
from matplotlib.figure import Figure
from paddle import Tensor, nn
from tqdm import tqdm

import paddle_losses as losses

MODES, RADIUS, SIGMA = 8, 2.0, 0.05
NOISE, HIDDEN, BATCH, RATE = 8, 64, 256, 2e-3
SAMPLES, COVERED, SHOWN = 8000, 0.01, 1000
ANGLES = 2 * np.pi * np.arange(MODES) / MODES
CENTRES = RADIUS * np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])


@dataclass(frozen=True)
class Result:
    modes: int  # how many are covered
    good: float  # share of good samples
    seconds: float
    samples: np.ndarray


MakeLayer = Callable[[], nn.Layer]
Discriminate = Callable[[nn.Layer, Tensor, Tensor], Tensor]  # from D, real and made samples to a loss


@dataclass(frozen=True)
class Game:
    """The losses of the two players."""

    discriminator: Discriminate
    generator: Callable[[Tensor], Tensor]  # from D's outputs for made samples
    rounds: int = 1  # steps of the discriminator for one of the generator
    last: MakeLayer = nn.Identity  # of the discriminator


def main(arguments: list[str] | None = None) -> dict[str, Result]:
    """Play every game, print the table, draw the figure; the results by the name of the game."""
    options = parse(arguments)
    results = {}
    with tqdm(total=options.steps * len(GAMES), unit="step", file=sys.stdout, mininterval=0.5) as bar:
        for name, game in GAMES.items():
            bar.set_description(f"{name:14}", refresh=False)
            results[name] = play(game, options.steps, options.seed, bar)
    print(table(results))
    if options.figure:
        draw(results, options.figure)
        print(f"wrote {options.figure}")
    return results


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=4000, help="of the generator, for each game")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--figure", type=Path, help="where to draw the samples, for example gan.png")
    options = parser.parse_args(arguments)
    if options.steps < 1:
        parser.error(f"--steps must be at least 1, got {options.steps}")
    return options


# --------------------------------------------------------------------------------------------- games


def of_outputs(loss: Callable[[Tensor, Tensor], Tensor]) -> Discriminate:
    """A loss that needs nothing but the outputs."""
    return lambda discriminator, real, fake: loss(discriminator(real), discriminator(fake))


def wasserstein(critic: nn.Layer, real: Tensor, fake: Tensor) -> Tensor:
    loss = losses.wgan_discriminator_loss(critic(real), critic(fake))
    return loss + losses.gradient_penalty(critic, real, fake, weight=0.3)


def loss_sensitive(critic: nn.Layer, real: Tensor, fake: Tensor) -> Tensor:
    distance = (real - fake).abs().sum(1, keepdim=True)
    loss = losses.loss_sensitive_gan_discriminator_loss(critic(real), critic(fake), distance, weight=10.0)
    return loss + losses.gradient_penalty(critic, real, fake, weight=10.0)


MINIMAX = of_outputs(losses.minimax_discriminator_loss)
GAMES = {
    "minimax": Game(MINIMAX, losses.minimax_generator_loss),
    "non-saturating": Game(MINIMAX, losses.non_saturating_generator_loss),
    "least squares": Game(of_outputs(losses.lsgan_discriminator_loss), losses.lsgan_generator_loss),
    "Wasserstein": Game(wasserstein, losses.wgan_generator_loss, rounds=3),
    "loss-sensitive": Game(
        loss_sensitive, losses.loss_sensitive_gan_generator_loss, rounds=3, last=nn.Softplus
    ),
}


def play(game: Game, steps: int, seed: int, bar: tqdm) -> Result:
    started = time.perf_counter()
    paddle.seed(seed)
    rng = np.random.default_rng(seed)
    generator = network(NOISE, 2, nn.ReLU, nn.Identity)
    discriminator = network(2, 1, lambda: nn.LeakyReLU(0.2), game.last)
    rate = paddle.optimizer.lr.CosineAnnealingDecay(RATE, steps)
    of_generator, of_discriminator = optimizer_of(generator, rate), optimizer_of(discriminator, rate)
    for _ in range(steps):
        for _ in range(game.rounds):
            real, fake = eight_gaussians(rng, BATCH), generator(paddle.randn([BATCH, NOISE])).detach()
            step(of_discriminator, game.discriminator(discriminator, real, fake))
        step(of_generator, game.generator(discriminator(generator(paddle.randn([BATCH, NOISE])))))
        rate.step()
        bar.update()
    with paddle.no_grad():
        samples = generator(paddle.randn([SAMPLES, NOISE])).numpy()
    return Result(*scores(samples), time.perf_counter() - started, samples)


def network(inputs: int, outputs: int, activation: MakeLayer, last: MakeLayer) -> nn.Layer:
    hidden = [nn.Linear(inputs, HIDDEN), activation(), nn.Linear(HIDDEN, HIDDEN), activation()]
    return nn.Sequential(*hidden, nn.Linear(HIDDEN, outputs), last())


def optimizer_of(player: nn.Layer, rate: paddle.optimizer.lr.LRScheduler) -> paddle.optimizer.Optimizer:
    return paddle.optimizer.Adam(rate, beta1=0.5, beta2=0.9, parameters=player.parameters())


def step(optimizer: paddle.optimizer.Optimizer, loss: Tensor) -> None:
    optimizer.clear_grad()  # of what the other player's loss has left there
    loss.backward()
    optimizer.step()


# --------------------------------------------------------------------------------- data and results


def eight_gaussians(rng: np.random.Generator, count: int) -> Tensor:
    points = CENTRES[rng.integers(0, MODES, count)] + SIGMA * rng.normal(size=(count, 2))
    return paddle.to_tensor(points.astype("float32"))


def scores(samples: np.ndarray) -> tuple[int, float]:
    """How many modes are covered, and the share of good samples."""
    distance = np.linalg.norm(samples[:, None] - CENTRES, axis=-1)
    good = distance.min(1) < 3 * SIGMA
    of_modes = np.bincount(distance.argmin(1)[good], minlength=MODES) / len(samples)
    return int((of_modes >= COVERED).sum()), float(good.mean())


def table(results: dict[str, Result]) -> str:
    lines = [f"{'losses':16}{'modes covered':>15}{'good samples':>14}{'seconds':>9}"]
    lines += [
        f"{name:16}{f'{result.modes} of {MODES}':>15}{result.good:>14.1%}{result.seconds:>9.0f}"
        for name, result in results.items()
    ]
    return "\n".join(lines)


def draw(results: dict[str, Result], path: Path) -> None:
    shown = {"data": eight_gaussians(np.random.default_rng(0), SHOWN).numpy()}
    shown.update({name: result.samples[:SHOWN] for name, result in results.items()})
    figure = Figure(figsize=(9, 6.4), layout="constrained")
    for axes, (name, samples) in zip(figure.subplots(2, 3, sharex=True, sharey=True).flat, shown.items()):
        axes.scatter(*samples.T, s=4, alpha=0.4, linewidths=0)
        title = name if name == "data" else f"{name}: {results[name].modes} of {MODES} modes"
        axes.set(title=title, aspect="equal", xlim=(-3, 3), ylim=(-3, 3))
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
