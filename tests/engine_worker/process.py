"""A worker as the supervisor sees it: a process, lines in, lines out."""

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20


class Worker:
    def __init__(self, **options):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.engine.worker"], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options,
        )  # fmt: skip
        self.told = []
        self._news = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def _listen(self):
        for line in self.process.stdout:
            self._news.put(json.loads(line))
        self._news.put(None)

    def say(self, cmd, **values):
        self.say_raw(json.dumps({"cmd": cmd, **values}))

    def say_raw(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def wait_for(self, event, **values):
        """The next event of a kind that carries these values."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            told = self._news.get(timeout=max(0, deadline - time.monotonic()))
            assert told is not None, f"it ended before {event}; it told {self.told}"
            self.told.append(told)
            if told["event"] == event and values.items() <= told.items():
                return told

    def end(self):
        """Wait for its exit. Returns the status and what it told last."""
        status = self.process.wait(timeout=PATIENCE_S)
        while told := self._news.get(timeout=PATIENCE_S):
            self.told.append(told)
        return status, self.told[-1]
