"""``python -m paddle_losses.compat.fluid script.py [arguments]``: run an old script unedited."""

from __future__ import annotations

import sys

from paddle_losses.compat.fluid._script import main

if __name__ == "__main__":
    sys.exit(main())
