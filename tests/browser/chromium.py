"""Finds a Chromium that plays H.264 and AAC, and installs one where it may.

The browser builds that test tools download leave these codecs out, so it has to be
the system's Chromium or Chrome. `python -m tests.browser.chromium` installs it.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


def find() -> str | None:
    """The path of the browser, None if there is none. TALLYDECK_TEST_CHROMIUM names one."""
    named = os.environ.get("TALLYDECK_TEST_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    return found or (MAC if os.path.exists(MAC) else None)


def install() -> None:
    """Install it the way this machine does: its package manager, else Google's Chrome."""
    if shutil.which("apt-get"):
        as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        steps = [
            [*as_root, "apt-get", "-qq", "update"],
            [*as_root, "apt-get", "-qq", "install", "-y", "chromium", "fonts-noto-cjk"],
        ]
        print("Installing Chromium for the tests …", flush=True)
        if all(_succeeds(step) for step in steps):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chrome"], check=False)


def _succeeds(step: list[str]) -> bool:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(step, env=quiet, text=True, capture_output=True)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    if not find():
        install()
    if not find():
        sys.exit("The browser tests need Chromium or Chrome: install one, "
                 "or name it with TALLYDECK_TEST_CHROMIUM.")  # fmt: skip
