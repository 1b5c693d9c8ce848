"""The game of the eight Gaussians, tiny: every pair of losses plays, and the scores count what they say."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import train_gan as game

from paddle_losses import functional
from paddle_losses.functional import gan

PERFECT = game.CENTRES[np.arange(4000) % 8]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("gan") / "gan.png"
    return game.main(["--steps", "3", "--seed", "1", "--figure", str(path)]), path


def test_every_game_is_played(run):
    results, _ = run
    assert list(results) == list(game.GAMES)
    for result in results.values():
        assert result.samples.shape == (game.SAMPLES, 2) and np.isfinite(result.samples).all()
        assert 0 <= result.modes <= 8 and 0 <= result.good <= 1 and result.seconds > 0


def test_no_two_games_are_the_same(run):
    results, _ = run
    assert len({result.samples.tobytes() for result in results.values()}) == len(game.GAMES)


def test_a_seed_repeats_a_game(run):
    results, _ = run
    name, bar = "Wasserstein", game.tqdm(disable=True)
    again, other = (game.play(game.GAMES[name], 3, seed, bar).samples for seed in (1, 2))
    np.testing.assert_array_equal(again, results[name].samples)
    assert np.abs(other - again).max() > 0.01


def test_the_figure_is_drawn(run):
    _, path = run
    assert path.read_bytes()[:4] == b"\x89PNG"


def test_every_adversarial_loss_plays():
    source = inspect.getsource(game)
    public = [name for name in functional.__all__ if hasattr(gan, name)]
    assert len(public) == 10
    assert all(f"losses.{name}" in source for name in public)


def test_the_data_are_the_eight_gaussians():
    points = game.eight_gaussians(np.random.default_rng(0), 20_000).numpy()
    modes, good = game.scores(points)
    # Of a Gaussian of the plane, 1 - exp(-9/2) lie within 3 standard deviations.
    assert modes == 8 and good == pytest.approx(1 - np.exp(-4.5), abs=0.002)
    assert np.linalg.norm(points, axis=1).mean() == pytest.approx(2, abs=0.01)


def test_scores():
    assert game.scores(PERFECT) == (8, 1.0)
    assert game.scores(PERFECT[PERFECT[:, 0] > 0.1]) == (3, 1.0)
    assert game.scores(np.zeros([100, 2])) == (0, 0.0)
    assert game.scores(np.add(PERFECT, [0.149, 0])) == (8, 1.0)
    assert game.scores(np.add(PERFECT, [0.151, 0])) == (0, 0.0)
    few = np.concatenate([np.repeat(game.CENTRES[:1], 991, axis=0), np.repeat(game.CENTRES[1:2], 9, axis=0)])
    assert game.scores(few) == (1, 1.0)  # 0.9 % do not cover the second mode


def test_the_table_says_what_came_out():
    lines = game.table({"least squares": game.Result(7, 0.9125, 12.3, PERFECT)}).splitlines()
    assert lines[0].split() == ["losses", "modes", "covered", "good", "samples", "seconds"]
    assert lines[1].split() == ["least", "squares", "7", "of", "8", "91.2%", "12"]


def test_no_steps_make_no_sense(capsys):
    with pytest.raises(SystemExit):
        game.main(["--steps", "0"])
    assert "--steps must be at least 1, got 0" in capsys.readouterr().err
