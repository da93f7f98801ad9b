"""How fast the program is and what it takes on the machine at hand: ``python -m digitcam.bench``."""
