"""Callbacks that go astray on purpose: dropped, late, twice, in the wrong order, forged."""

from dataclasses import dataclass

TOGETHER_S = 1.5
"""So long notices wait for others, so that there is an order to be wrong."""


@dataclass
class CallbackFaults:
    """drop: so many next ones are lost. delay_s: each comes so much later. copies: how often
    each is sent. reorder: the newest goes first. forge: before each comes one
    with another body under its signature."""

    drop: int = 0
    delay_s: float = 0.0
    copies: int = 1
    reorder: bool = False
    forge: bool = False

    def drops(self) -> bool:
        """Whether the next one is lost; counts it."""
        if self.drop <= 0:
            return False
        self.drop -= 1
        return True

    @property
    def wait_s(self) -> float:
        return max(self.delay_s, TOGETHER_S if self.reorder else 0.0)


NONE = CallbackFaults()


def forged(body: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    """Another body under the signature of this one."""
    return body.rstrip()[:-1] + b', "forged": true}', headers
