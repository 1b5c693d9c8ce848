"""Metadata of the distribution. Paddle is an extra: GPU users have another distribution of it, which a
plain requirement would install the CPU build over."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
PACKAGE = (HERE / "paddle_losses/__init__.py").read_text(encoding="utf-8")

# On Python 3.12, Paddle 2.6 needs setuptools and does not ask for it.
PADDLE = ["paddlepaddle>=2.6.2", "setuptools; python_version >= '3.12'"]
NOTEBOOKS = ["nbclient", "ipykernel", "matplotlib"]

setup(
    name="paddle_losses",
    version=re.search(r'__version__ = "(.+)"', PACKAGE)[1],
    description="Loss functions for PaddlePaddle: right in value and gradient, documented, tested.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.9",
    packages=find_packages(include=["paddle_losses", "paddle_losses.*"]),
    package_data={"paddle_losses": ["py.typed", "nn/*.pyi"]},
    install_requires=["numpy"],
    extras_require={
        "cpu": PADDLE,
        "examples": [*PADDLE, *NOTEBOOKS, "scikit-learn", "tqdm"],
        "test": [*PADDLE, *NOTEBOOKS, "pytest", "mpmath", "hypothesis", "scikit-learn", "tqdm"],
    },
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
