"""Read handwritten digits from a camera, a picture or a video: see ``cam.py --help``."""

import sys

from digitcam.commands.cam import entry

if __name__ == "__main__":
    sys.exit(entry())
