"""Chromium over its debugging pipe: enough to load a page, ask it and print it.

Chrome DevTools Protocol, messages ended by NUL on descriptors 3 and 4: a driver would
be a package of hundreds of megabytes for five calls.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
from dataclasses import dataclass, field
from fcntl import F_DUPFD, fcntl
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

PROGRAM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)


#: Seconds without a word from the browser after which it is given up.
PATIENCE = 60


class BrowserError(Exception):
    """The browser is there, and does not run."""


@dataclass
class Browser:
    """One page of a headless Chromium; `errors` is what its console complained of."""

    profile: Path
    errors: list[str] = field(default_factory=list)
    _sent: int = 0
    _session: str = ""
    _loaded: bool = False

    def __enter__(self) -> Self:
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        assert PROGRAM is not None
        # no sandbox: containers and root have none, and the page is our own
        flags = ["--headless", "--disable-gpu", "--no-sandbox"]
        flags.append("--remote-debugging-pipe")
        self._process = subprocess.Popen(
            [PROGRAM, *flags, f"--user-data-dir={self.profile}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=partial(_place, to_read, to_write),  # noqa: PLW1509 - 3 and 4
        )
        os.close(to_read)
        os.close(to_write)
        self._in: BinaryIO = os.fdopen(self._from, "rb", buffering=0)
        self._rest = b""
        try:
            self._attach()
        except BrowserError:
            self._end()
            raise
        return self

    def _attach(self) -> None:
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        self._in.close()

    def open(self, file: Path, *, width: int = 1440, fragment: str = "") -> None:
        """Load a file at a width in CSS pixels and wait until it is there."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        for url in ("about:blank", f"{file.as_uri()}{fragment}"):
            self._loaded = False
            self._call("Page.navigate", url=url)
            while not self._loaded:
                self._next()

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = self._call(
            "Runtime.evaluate", expression=expression, returnByValue=True
        )
        return answer["result"].get("value")

    def pdf(self) -> bytes:
        """The page as it prints."""
        answer = self._call(
            "Page.printToPDF", preferCSSPageSize=True, printBackground=True
        )
        return base64.b64decode(answer["data"])

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        try:
            os.write(self._to, json.dumps(message).encode() + b"\0")
        except BrokenPipeError as error:
            raise BrowserError(f"{PROGRAM} does not start here") from error
        while True:
            answer = self._next()
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            readable, _, _ = select.select([self._in], [], [], PATIENCE)
            data = self._in.read(1 << 16) if readable else b""
            if not data:
                raise BrowserError(f"{PROGRAM} ended or fell silent")
            self._rest += data
        one, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(one)
        if message.get("method") == "Page.loadEventFired":
            self._loaded = True
        if message.get("method") == "Log.entryAdded":
            self.errors.append(message["params"]["entry"]["text"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(message["params"]["exceptionDetails"]))
        return message


def _place(to_read: int, to_write: int) -> None:
    """In the child: the pipe's ends as descriptors 3 and 4, whatever they were."""
    high = fcntl(to_read, F_DUPFD, 10), fcntl(to_write, F_DUPFD, 10)
    for fd, source in zip((3, 4), high, strict=True):
        os.dup2(source, fd)
        os.close(source)
