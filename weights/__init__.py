"""The trained models that ship with the program, each with its LiteRT twin and its record."""
