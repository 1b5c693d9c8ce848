"""Metadata of the distribution, and how its native library is built.

Paddle is an extra: GPU users have another distribution of it, which a plain requirement would install
the CPU build over. The library is optional: without a compiler the package is pure Python.
"""

import os
import platform
import re
import sys
from multiprocessing.pool import ThreadPool
from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext

HERE = Path(__file__).parent
PACKAGE = (HERE / "paddle_losses/__init__.py").read_text(encoding="utf-8")

# On Python 3.12, Paddle 2.6 needs setuptools and does not ask for it.
PADDLE = ["paddlepaddle>=2.6.2", "setuptools; python_version >= '3.12'"]
NOTEBOOKS = ["nbclient", "ipykernel", "matplotlib"]
GALLERY = ["jinja2", "latex2mathml", "markdown-it-py", "matplotlib"]

SOURCE = Path("paddle_losses/kernels/source")
FLAGS = [
    "-std=c++17",
    "-O3",
    "-fno-wrapv",  # which Python asks for; it keeps loops from being vectorised
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
    "-fvisibility=hidden",
    "-g0",
]
AVX2 = ["-mavx2", "-mfma"]
AVX512 = [*AVX2, "-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl"]


class BuildKernels(build_ext):
    """A plain shared library, not a module: no Python in its name, none in it."""

    def get_ext_filename(self, name):
        suffix = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
        return name.replace(".", os.sep) + suffix

    def get_export_symbols(self, extension):
        return []

    def build_extension(self, extension):
        levels = {"baseline": []}
        if platform.machine() in ("x86_64", "AMD64"):
            levels.update(avx2=AVX2, avx512=AVX512)
        pieces = [("library", ["-DWITH_X86_LEVELS"] if "avx2" in levels else [], "library")]
        pieces += [("kernels", [f"-DISA={level}", *flags], level) for level, flags in levels.items()]
        with ThreadPool() as pool:
            objects = [path for paths in pool.starmap(self._compiled, pieces) for path in paths]
        target = Path(self.get_ext_fullpath(extension.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".new")
        self.compiler.link_shared_object(
            objects, str(unfinished), target_lang="c++", extra_postargs=["-pthread"]
        )
        unfinished.replace(target)  # in one step: somebody may be using the old one

    def _compiled(self, name, flags, folder):
        return self.compiler.compile(
            [str(SOURCE / f"{name}.cpp")],
            output_dir=str(Path(self.build_temp) / folder),
            extra_postargs=[*FLAGS, *flags],
        )


KERNELS = Extension(
    "paddle_losses.kernels._kernels",
    [str(path) for path in sorted(SOURCE.glob("*.cpp"))],
    depends=[str(path) for path in sorted(SOURCE.glob("*.hpp"))],
    optional=True,
)

setup(
    name="paddle_losses",
    version=re.search(r'__version__ = "(.+)"', PACKAGE)[1],
    description="Loss functions for PaddlePaddle: right in value and gradient, documented, tested.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.9",
    packages=find_packages(include=["paddle_losses", "paddle_losses.*"]),
    package_data={"paddle_losses": ["py.typed", "nn/*.pyi", "kernels/source/*.hpp"]},
    ext_modules=[KERNELS],
    cmdclass={"build_ext": BuildKernels},
    install_requires=["numpy"],
    extras_require={
        "cpu": PADDLE,
        "plot": ["matplotlib"],
        "examples": [*PADDLE, *NOTEBOOKS, "scikit-learn", "tqdm"],
        "test": [*PADDLE, *NOTEBOOKS, *GALLERY, "pytest", "mpmath", "hypothesis", "scikit-learn", "tqdm"],
    },
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
