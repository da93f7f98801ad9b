"""What a request may ask of this machine. Whoever asks for more is told so, and costs little."""

from __future__ import annotations

# Of a picture: bytes of its file, and pixels that its header names.
MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
# Bytes that a form may have besides the picture: its boundaries, and a correction.
FORM_BYTES = 65_536
# Parts of a form; a correction has two.
MOST_PARTS = 8
# Pictures of up to so many pixels are decoded while they wait for their turn, larger ones when it has come:
# memory for one large picture, not for all that wait.
DECODED_WAITING = 2_100_000
# Requests that wait for the one thread that reads; the next one is told to come again.
MOST_WAITING = 16
# Threads that answer: for those that wait, and some more to send the rest away and to give out the page.
THREADS = MOST_WAITING + 8
# Seconds a request may take to arrive, and to be waited for and read.
ARRIVING, READING = 20.0, 30.0
# Seconds after which to come again.
RETRY_AFTER = 1
# Pages whose films are remembered; the one unused for longest is forgotten first.
MOST_FILMS = 16
# Connections at once.
MOST_CONNECTIONS = 400
