"""What the program says when the user, or the user's machine, is in the way."""


class UserError(Exception):
    """A fault the user can mend.

    The message is one line: what is wrong with which thing, why, and what to try.
    Commands print it on standard error and exit with status 2.
    """


def one_line(error: BaseException) -> str:
    """The reason in ``error`` as a single line without a trailing full stop."""
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split()).rstrip(".")
