"""What holds for every test: no window of matplotlib's own."""

from __future__ import annotations

import os

os.environ.setdefault("MPLBACKEND", "Agg")
