"""Writing in a window: strokes, how they look, the window itself. ``sources.draw`` makes frames of them."""
