"""The generated parts of a page: each stands between two comments that name the tool that writes it."""

from __future__ import annotations


def between(text: str, begin: str, end: str, part: str) -> str:
    """``text`` with ``part`` between the two comments, instead of what was there."""
    head, tail = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    return f"{head}\n\n{part}\n\n{tail}"
