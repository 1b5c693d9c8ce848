"""Nothing public is without a row in the contract, a Layer, a place in the lists."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from cases import CASES

import paddle_losses as losses
from paddle_losses import functional, nn
from paddle_losses.nn._layer import split_at_star

SOURCE = Path(functional.__file__).parent
LOSSES = [name for name in functional.__all__ if name not in functional.NOT_LOSSES]


@pytest.mark.parametrize("name", LOSSES)
def test_every_function_has_a_row_in_the_contract(name):
    functions = {inspect.unwrap(case.function) for case in CASES}  # a row may adapt what its function takes
    assert inspect.unwrap(getattr(functional, name)) in functions, "add a row to tests/cases.py"


@pytest.mark.parametrize("name", nn.__all__)
def test_every_layer_has_a_row_in_the_contract(name):
    assert getattr(nn, name) in {case.layer for case in CASES}, "add a row to tests/cases.py"


@pytest.mark.parametrize("name", LOSSES)
def test_the_accuracy_of_every_function_is_measured(name):
    if name in ("zero_one_loss", "focal_loss"):  # exact by nature; an alias
        return
    files = Path(__file__).parent.glob("test_accuracy*.py")
    text = "".join([path.read_text(encoding="utf-8") for path in files])
    assert f"losses.{name}," in text, "add it to tests/test_accuracy.py or its neighbours"


def test_every_function_has_a_layer_of_its_own():
    functions = [getattr(nn, name)._fn for name in dict.fromkeys(nn.__all__) if name != "FocalLoss"]
    assert len(set(functions)) == len(functions)
    assert set(functions) == {getattr(functional, name) for name in LOSSES}


@pytest.mark.parametrize("path", sorted(SOURCE.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_every_public_function_of_a_family_is_exported(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]
    assert public, f"{path.name} has no public function"
    assert set(public) <= set(functional.__all__)


def test_the_package_exports_the_functions():
    for name in functional.__all__:
        assert getattr(losses, name) is getattr(functional, name)
    others = {"compat", "functional", "nn", "set_kernels", "set_value_checks"}
    assert set(losses.__all__) == others | set(functional.__all__)


def test_names_that_paddle_has_take_paddles_tensors_first():
    import paddle.nn.functional as F

    for name in functional.__all__:
        if not hasattr(F, name):
            continue
        ours, _ = split_at_star(getattr(functional, name))
        theirs = list(inspect.signature(getattr(F, name)).parameters)
        if name == "triplet_margin_loss":  # the paper's word and torch's; Paddle's input is as loud an error
            theirs[0] = "anchor"
        assert [tensor.name for tensor in ours[:2]] == theirs[: len(ours[:2])]
