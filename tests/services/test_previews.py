"""Pictures of what is on air: everybody's turn comes, however slow one studio is."""

import pytest

from dashboard.services import previews


class Studios:
    """Eight recordings at two accounts; slow: those that take so many seconds a picture."""

    def __init__(self, slow):
        self.slow, self.now, self.fetched = slow, 0.0, []

    def fetch(self, recording_id):
        self.fetched.append(recording_id)
        self.now += self.slow.get(recording_id, 0.03)
        return True

    def on_air(self, limit):
        return [(id_, 1 + (id_ > 4)) for id_ in range(1, 9)][:limit]

    def fetch_round(self, rounds):
        self.fetched.clear()
        began = self.now
        rounds.go()
        return list(self.fetched), self.now - began


@pytest.fixture
def studios(monkeypatch):
    def with_slow(slow):
        found = Studios(slow)
        monkeypatch.setattr(previews, "refresh_one", found.fetch)
        monkeypatch.setattr(previews, "_on_air", found.on_air)
        monkeypatch.setattr(previews.time, "monotonic", lambda: found.now)
        return found

    return with_slow


def test_a_slow_studio_does_not_keep_others_waiting(studios):
    """Account 1 takes 10 s a picture; account 2 gets its four in all rounds between."""
    found, rounds = studios(dict.fromkeys(range(1, 5), 10.0)), previews.Rounds()
    seen = []
    for _ in range(60):
        seen.append(found.fetch_round(rounds)[0])
        found.now += 2.0
    assert seen[:4] == [[1], [5, 6, 7, 8], [5, 6, 7, 8], [5, 6, 7, 8]]
    assert [id_ for ids in seen for id_ in ids if id_ < 5][:4] == [1, 2, 3, 4]
    assert sum(ids == [5, 6, 7, 8] for ids in seen) > 50


def test_a_round_that_is_cut_short_goes_on_where_it_was(studios):
    found, rounds = studios(dict.fromkeys(range(1, 9), 0.45)), previews.Rounds()
    seen = [found.fetch_round(rounds) for _ in range(2)]
    assert [ids for ids, _ in seen] == [[1, 2, 3, 4, 5], [6, 7, 8, 1, 2]]
    assert all(took < previews.ROUND_S + 0.45 for _, took in seen)


def test_a_studio_that_was_slow_is_left_alone_for_a_while(studios):
    found, rounds = studios({1: 0.6}), previews.Rounds()
    assert found.fetch_round(rounds)[0] == [1, 5, 6, 7, 8]
    found.now += 1.5
    assert sorted(found.fetch_round(rounds)[0]) == [5, 6, 7, 8]
    found.now += 1.0
    assert sorted(found.fetch_round(rounds)[0]) == list(range(1, 9))
