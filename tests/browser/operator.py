"""An operator without a browser: signs in and presses buttons through the same forms."""

import re
import time

import requests

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')


class Operator:
    def __init__(self, product, email=None, password="a password to test with") -> None:
        self.address = product.address
        self.http = requests.Session()
        self.http.headers["Sec-Fetch-Site"] = "same-origin"
        if email is None:
            self._post_form(product.invite, password=password)
        else:
            self._post_form(f"{self.address}/sign-in", email=email, password=password)

    def _post_form(self, url, **fields):
        token = TOKEN.search(self.http.get(url).text).group(1)
        reply = self.http.post(url, data={"csrf_token": token, **fields})
        reply.raise_for_status()
        return reply

    def page(self, path):
        return self.http.get(self.address + path, timeout=10)

    def start(self, channel=1, key=None):
        """Press Start as a page without scripts does. Returns the reply after redirects."""
        page = self.page("/channels").text
        fields = {
            "csrf_token": TOKEN.search(page).group(1),
            "key": key or KEY.search(page).group(1),
        }
        return self.http.post(f"{self.address}/channels/{channel}/start", data=fields)

    def stop(self, recording):
        token = TOKEN.search(self.page(f"/recordings/{recording}").text).group(1)
        url = f"{self.address}/recordings/{recording}/stop"
        return self.http.post(url, data={"csrf_token": token})

    def wait_for(self, path, words, limit_s=15.0):
        """Look at a page until it says something. Returns what it says."""
        until = time.monotonic() + limit_s
        while time.monotonic() < until:
            seen = plain(self.page(path).text)
            if re.search(words, seen):
                return seen
            time.sleep(0.1)
        raise AssertionError(f"{path} never said {words!r}:\n{seen}")

    def wait_for_state(self, recording, state, limit_s=15.0):
        """Wait until the recording's page carries this state in its head."""
        return self.wait_for(
            f"/recordings/{recording}", rf"Sign out studio-demo {state}\b", limit_s
        )


def plain(html):
    """What a person reads of a page."""
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", text)
