"""Measure a digit model: see ``evaluate.py --help``."""

import sys

from digitcam.commands.evaluate import entry

if __name__ == "__main__":
    sys.exit(entry())
