"""Read handwritten digits from a camera, a picture or a video: see ``cam.py --help``."""

import os
import signal
import sys

# An interruption in the middle of an import may be lost, or end in a traceback, and nothing is open yet.
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, frame: os._exit(128 + number))

from digitcam.commands.cam import entry  # noqa: E402

if __name__ == "__main__":
    sys.exit(entry())
