"""``paddle.fluid`` for old programs: build them as ever, run them on today's Paddle.

    import paddle_losses.compat.fluid as fluid

instead of ``import paddle.fluid as fluid`` is the one line to change in an old script; with
``paddle_losses.compat.install()``, or under ``python -m paddle_losses.compat.fluid script.py``, none is.

How it works, and why. Two designs were weighed: `paddle.static` underneath, or a light graph of our own
(``framework.py``) whose steps are computed one by one with dynamic-graph operations (``executor.py``). It
is the second, because

- `paddle.static` has to be switched on for the whole process (``enable_static``), and old scripts may run
  beside new code; a graph of our own changes no state of Paddle;
- fluid's rules are not those of Paddle's static programs: no rank 0, operators aligned by declared shapes,
  one float32 scale step for a number, gradients at ties, rows split by ``IfElse``, which today's
  Paddle does not have. Each would have to be worked around, in programs that differ between 2.6 and 3.x;
- the documents' printed bytes need a defined arithmetic (``compat/_arithmetic.py``) with literals that stay
  double until they meet data; a program of Paddle's rounds them to float32 when it is built;
- gradients are then Paddle's own: one step that computes the way from inputs to targets once more and lets
  Paddle differentiate it (``backward.py``). A layer needs a gradient of its own only where Paddle's is not
  fluid's or has no second derivative (``layers/_differentiable.py``), and a step that updates parameters
  will be a step like any other.

The price is the speed of dynamic mode. A layer is one decorated function (``layers/_layer.py``). What Paddle
1.8.5 does is recorded in ``tests/compat/fluid/recorded.json``. A name that is not covered raises an error
that says what to use today.
"""

from . import backward, executor, framework, layers, operators, unique_name  # noqa: F401
from ._uncovered import refuse
from .backward import gradients
from .executor import CPUPlace, Executor
from .framework import Program, Variable, default_main_program, default_startup_program, program_guard
from .inputs import data

__all__ = [
    "CPUPlace",
    "Executor",
    "Program",
    "Variable",
    "backward",
    "data",
    "default_main_program",
    "default_startup_program",
    "executor",
    "framework",
    "gradients",
    "layers",
    "program_guard",
    "unique_name",
]

# The modules that paddle.fluid had, too; a name that they do not have is refused.
MODULES = {
    "backward": backward,
    "executor": executor,
    "framework": framework,
    "layers": layers,
    "layers.control_flow": layers.control_flow,
    "layers.ops": layers.ops,
    "unique_name": unique_name,
}

for _name, _module in MODULES.items():
    _module.__getattr__ = refuse(f"fluid.{_name}")
__getattr__ = refuse("fluid")
