"""digitcam: point any camera at handwritten digits and read the right numbers, live."""

__version__ = "0.1.0"
