"""The gallery has every function, is what its tool writes, and leads nowhere that does not exist."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ElementTree

import gallery
import matplotlib
import numpy as np
import pytest
from gallery_page import figures, texts
from gallery_page.entries import ENTRIES, NOTEBOOKS

from paddle_losses import functional, nn, plot

matplotlib.use("Agg")

PAGE = (gallery.DOCS / "index.html").read_text(encoding="utf-8")
SKETCHES = {name: entry.sketch for name, entry in ENTRIES.items() if entry.sketch is not None}
FIGURES = sorted((gallery.DOCS / "figures").glob("*"))


def test_every_function_has_an_entry():
    assert set(ENTRIES) == {getattr(functional, name).__name__ for name in functional.__all__}


def test_every_loss_is_drawn():
    losses = {getattr(nn, name)._fn.__name__ for name in nn.__all__}
    assert losses <= set(SKETCHES)
    assert [path.name for path in FIGURES] == sorted(f"{name}.svg" for name in SKETCHES)


def test_the_page_is_current():
    assert readable(PAGE) == readable(gallery.page()), "run python tools/gallery.py"


def readable(page):
    """The page with the characters of its formulas: the markup depends on the converter's version."""

    def characters(formula):
        return html.unescape(re.sub(r"<[^>]*>|\s", "", formula[0]))

    return re.sub(r"<math.*?</math>", characters, page, flags=re.DOTALL)


def test_the_check_of_the_page_sees_a_changed_formula_and_text():
    assert "ℓ" in readable(PAGE)
    assert readable(PAGE) != readable(PAGE.replace("<mi>cosh</mi>", "<mi>sinh</mi>"))
    assert readable(PAGE) != readable(PAGE.replace("outliers", "inliers"))


# -------------------------------------------------------------------------------------- the figures


@pytest.mark.parametrize("name", SKETCHES)
def test_the_figure_is_current(name):
    sketch, kept = SKETCHES[name], points(gallery.DOCS / "figures" / f"{name}.svg")
    assert [line["name"] for line in kept] == [curve.name or "loss" for curve in sketch.curves]
    for line, curve in zip(kept, sketch.curves):
        for old, new in zip(
            (line["value"], line["gradient"]), computed(sketch, curve, points=figures.KEPT)[1:]
        ):
            np.testing.assert_allclose(old, new, 1e-4, 1e-9, err_msg="run python tools/gallery.py")


def computed(sketch, curve, points):
    return plot.curve(curve.loss, curve.label, over=sketch.over, points=points, **dict(curve.settings))


def points(path):
    """The points that a figure keeps of its lines."""
    description = ElementTree.parse(path).getroot().find(".//{http://purl.org/dc/elements/1.1/}description")
    return json.loads(description.text)


def test_a_figure_keeps_points_of_what_it_shows(tmp_path):
    figures.draw(SKETCHES["huber_loss"], tmp_path / "figure.svg")
    kept = points(tmp_path / "figure.svg")
    _, value, gradient = plot.curve(functional.huber_loss, 0.0, points=figures.KEPT, delta=2.0)
    assert [line["name"] for line in kept] == ["delta=0.5", "delta=1.0", "delta=2.0"]
    np.testing.assert_allclose(kept[2]["value"], value, 1e-4)
    np.testing.assert_allclose(kept[2]["gradient"], gradient, 1e-4)


HOLDS_A_PART = {"focal_eiou_loss", "yolov1_loss"}  # as a constant of the gradient
JUMPS = {"ghm_classification_loss": 0.2, "ghm_regression_loss": 0.3, "batch_triplet_loss": 0.1}


@pytest.mark.parametrize("name", [name for name in SKETCHES if name not in HOLDS_A_PART])
def test_the_gradient_is_the_slope_of_the_value(name):
    for curve in SKETCHES[name].curves:
        x, value, gradient = computed(SKETCHES[name], curve, points=101)
        slope, between = np.diff(value) / np.diff(x), (gradient[1:] + gradient[:-1]) / 2
        unlike = abs(slope - between) > 0.05 * abs(gradient).max() + 1e-9
        assert unlike.mean() < JUMPS.get(name, 0.05), curve.name


# ---------------------------------------------------------------------------------------- the page


def test_links_lead_somewhere():
    identifiers = re.findall(r'\bid="([^"]+)"', PAGE)
    assert len(identifiers) == len(set(identifiers))
    targets = {html.unescape(target) for target in re.findall(r'\b(?:href|src)="([^"]+)"', PAGE)}
    for target in targets - {"data:,"}:
        path, _, fragment = target.partition("#")
        assert (gallery.DOCS / path).exists(), target
        assert path or fragment in identifiers, target


def test_links_to_the_source_find_the_function():
    for name, family in re.findall(r'functional/(\w+)\.py#:~:text=def%20(\w+)%28"', PAGE):
        source = (gallery.ROOT / "paddle_losses/functional" / f"{name}.py").read_text(encoding="utf-8")
        assert f"def {family}(" in source


def test_formulas_are_converted_wholly():
    formulas = re.findall(r"<math.*?</math>", PAGE, re.DOTALL)
    assert len(formulas) > len(ENTRIES)
    assert not [formula for formula in formulas if "\\" in formula]


def test_texts_are_markdown_that_leads_to_losses():
    link = texts.inline("`huber_loss` and `FocalLoss(gamma=2)`, not `delta` <b>")
    assert link.count("<a ") == 2
    assert '<a href="#huber_loss"><code>huber_loss</code></a>' in link
    assert '<a href="#sigmoid_focal_loss"><code>FocalLoss(gamma=2)</code></a>' in link
    assert "<code>delta</code> &lt;b&gt;" in link


def test_notebooks_of_families_exist():
    assert set(NOTEBOOKS) <= {family.name for family in gallery.families()}
    for name in NOTEBOOKS.values():
        assert (gallery.ROOT / "notebooks" / f"{name}.ipynb").exists()


def test_the_guide_is_that_of_the_readme():
    guide = gallery.guide()
    assert guide in PAGE
    for name in ("mse_loss", "giou_loss", "diou_nms"):
        assert f'<a href="#{name}"><code>{name}</code></a>' in guide


def test_the_tool_writes_both(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(gallery, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(figures, "draw", lambda sketch, path: path.write_text("drawn"))
    gallery.main(["--page"])
    assert readable((tmp_path / "docs/index.html").read_text(encoding="utf-8")) == readable(PAGE)
    assert not list((tmp_path / "docs/figures").iterdir())
    gallery.main([])
    assert len(list((tmp_path / "docs/figures").iterdir())) == len(SKETCHES)
    assert "index.html" in capsys.readouterr().out
