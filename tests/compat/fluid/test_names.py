"""Which names of ``paddle.fluid`` there are, and what becomes of the others."""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import re

import fluid_cases
import pytest

import paddle_losses
import paddle_losses.compat.fluid as fluid
from paddle_losses.compat.fluid import _modern, _uncovered

OLD = json.loads((fluid_cases.FOLDER / "api.json").read_text())
NAMES = [name for name in OLD if name.startswith("fluid.")]
LAYERS = [getattr(fluid.layers, name) for name in fluid.layers.__all__]


with fluid.program_guard(fluid.Program()):
    THINGS = {"Program": fluid.Program(), "Variable": fluid.data("x", [1]), "Executor": fluid.Executor()}


def look_up(name):
    """What the shim has as ``fluid.…``; attributes of classes are looked up in an instance."""
    first, *rest = name.split(".")[1:]
    return functools.reduce(
        getattr, rest, THINGS[first] if rest and first in THINGS else getattr(fluid, first)
    )


def has(name):
    try:
        look_up(name)
    except AttributeError:
        return False
    return True


COVERED = [name for name in NAMES if has(name)]


def test_what_has_been_promised_is_there():
    promised = "Program program_guard data default_main_program default_startup_program CPUPlace Executor "
    promised += "gradients layers Variable"
    for name in promised.split():
        assert has(f"fluid.{name}")
    layers = "abs clip log pow exp elementwise_add elementwise_sub elementwise_mul elementwise_div "
    layers += "elementwise_min elementwise_max elementwise_pow greater_than less_than ones_like zeros_like "
    layers += "reduce_mean reduce_sum mean IfElse cast square sqrt sigmoid softmax"
    assert not set(layers.split()) - set(fluid.layers.__all__)


# Variables are made by layers; ``type`` is an enumeration of the old core; names are not checked here.
OWN_SIGNATURE = (
    "fluid.Variable",
    "fluid.framework.Variable",
    "fluid.layers.data",
    "fluid.unique_name.switch",
)


@pytest.mark.parametrize("name", [n for n in COVERED if OLD[n] and n not in OWN_SIGNATURE])
def test_signatures_are_those_of_1_8_5(name):
    ours = [p for p in inspect.signature(look_up(name)).parameters.values() if p.kind is not p.KEYWORD_ONLY]
    theirs = [entry for entry in OLD[name] if entry[0] != "self"]
    assert [[p.name, None if p.default is p.empty else repr(p.default)] for p in ours] == theirs


def test_no_name_is_invented():
    invented = {f"fluid.layers.{name}" for name in fluid.layers.__all__} - set(NAMES)
    assert not invented
    assert {f"fluid.{name}" for name in fluid.__all__} - set(NAMES) <= {"fluid.framework", "fluid.executor"}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_layers_say_what_they_are(layer):
    assert layer.__doc__ and layer.__doc__.strip()


# --------------------------------------------------------------------------------- names not covered


@pytest.mark.parametrize("name", [name for name in NAMES if name not in COVERED])
def test_every_other_name_is_refused_with_its_modern_form(name):
    assert name in _modern.MODERN
    with pytest.raises(AttributeError) as error:
        look_up(name)
    assert str(error.value).startswith(f"{name} is not covered by paddle_losses.compat.fluid; today: ")


@pytest.mark.parametrize("name, modern", _modern.MODERN.items(), ids=list(_modern.MODERN))
def test_the_modern_forms_exist(name, modern):
    for path in re.findall(r"paddle(?:_losses)?(?:\.\w+)+", modern):
        assert find(path) is not None


def find(path):
    first, *rest = path.split(".")
    thing = importlib.import_module(first)
    for i, name in enumerate(rest):
        if not hasattr(thing, name):
            importlib.import_module(".".join([first, *rest[: i + 1]]))
        thing = getattr(thing, name)
    return thing


def test_the_message():
    with pytest.raises(AttributeError) as error:
        _ = fluid.layers.fc
    assert str(error.value) == (
        "fluid.layers.fc is not covered by paddle_losses.compat.fluid; today: "
        + _modern.MODERN["fluid.layers.fc"]
    )
    assert "paddle.nn.Linear" in str(error.value)
    assert not hasattr(fluid.layers, "fc")


def test_a_name_that_never_was():
    with pytest.raises(_uncovered.NotCovered, match=r"fluid\.layers\.no_such .* no public name like it"):
        _ = fluid.layers.no_such


@pytest.mark.parametrize(
    "name, meant",
    [
        ("layers.reduce_maen", "layers.reduce_mean"),
        ("Exector", "Executor"),
        ("optimizer.adam", "optimizer.Adam"),
    ],
)
def test_a_misspelled_name(name, meant):
    with pytest.raises(
        AttributeError, match=rf"fluid\.{name} is not covered .*; did you mean fluid\.{meant}\?"
    ):
        look_up(f"fluid.{name}")


def test_a_module_that_is_not_covered_names_what_is_used_in_it():
    assert repr(fluid.optimizer).startswith("<module 'paddle.fluid.optimizer'")
    with pytest.raises(
        AttributeError, match=r"fluid\.optimizer\.Adam is not covered .* today: paddle\.optimizer"
    ):
        fluid.optimizer.Adam(0.1)
    with pytest.raises(AttributeError, match=r"fluid\.contrib\.mixed_precision\.decorate is not covered"):
        fluid.contrib.mixed_precision.decorate()
    with pytest.raises(AttributeError, match=r"fluid\.memory_optimize is not covered"):
        fluid.memory_optimize()


def test_from_import_keeps_the_message():
    with pytest.raises(ImportError, match=r"fluid\.layers\.fc is not covered .*paddle\.nn\.Linear"):
        from paddle_losses.compat.fluid.layers import fc  # noqa: F401
    with pytest.raises(ImportError, match=r"fluid\.CUDAPlace is not covered"):
        from paddle_losses.compat.fluid import CUDAPlace  # noqa: F401


@pytest.mark.parametrize("attribute", ["detach", "numpy", "set_value", "backward"])
def test_attributes_of_variables(attribute):
    with fluid.program_guard(fluid.Program()):
        x = fluid.data("x", [1])
    with pytest.raises(AttributeError, match=rf"fluid\.Variable\.{attribute} is not covered .* today: "):
        getattr(x, attribute)


def test_attributes_of_programs_and_executors():
    with pytest.raises(AttributeError, match=r"fluid\.Program\.clone is not covered .* today: "):
        fluid.Program().clone(for_test=True)
    with pytest.raises(AttributeError, match=r"fluid\.Executor\.train_from_dataset is not covered"):
        _ = fluid.Executor().train_from_dataset


def test_the_package_itself_does_not_hide_behind_the_shim():
    assert not hasattr(paddle_losses, "fluid")
