"""``cam.py web`` as a process of its own, and what is asked of it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from digitcam.bench.process import cam_command
from digitcam.errors import UserError

PATIENCE = 30.0


class Served:
    """``cam.py web`` on a free port; its address is known once this is made.

    Args:
        words: options besides; environ: of the process.

    Raises:
        UserError: it does not start.
    """

    def __init__(self, *words: str, environ: Mapping[str, str] = os.environ) -> None:
        command = [*cam_command(), "web", "--port", "0", "--no-open", *words]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(environ)
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        match = re.fullmatch(r"digitcam: (http://(.+):(\d+)/) \(Ctrl-C ends it\)\n", line)
        if match is None:
            said = self.process.communicate()[1].strip() or f"{line!r}"
            raise UserError(f"cam.py web does not start: it said {said}")
        self.url, self.port = match[1], int(match[3])

    def __enter__(self) -> Served:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()

    def ask(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Status, content and headers of an answer; with a body it is a POST."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET" if body is None else "POST", path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit status and standard error after a signal."""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, err

    def memory(self) -> int:
        """Bytes that it holds now; 0 where the system does not tell."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0
        match = re.search(r"VmRSS:\s+(\d+)", status)
        return 1024 * int(match[1]) if match else 0
