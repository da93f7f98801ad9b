"""Read handwritten digits from a camera, a picture or a video: see ``cam.py --help``."""

import signal
import sys

if __name__ == "__main__":
    # Ctrl-C before the command is there to heed it ends the script without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from digitcam.commands.cam import entry

    sys.exit(entry())
