"""Train a digit network: ``python train.py --help``."""

import sys

from digitcam.commands.train import entry

if __name__ == "__main__":
    sys.exit(entry())
