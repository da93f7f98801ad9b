"""Networks that are shown the whole frame and name what is in it. The doorway is ``reader.WholeReader``."""
