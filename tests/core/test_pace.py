"""How often one sender asks: of all processes together where they share a Redis."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError

from kosna.core import pace
from tests.core.test_settings import start

MINUTE = timedelta(minutes=1)


def asked(times: int, sender: str = "192.0.2.1") -> list[bool]:
    return [pace.too_fast("search", sender, most=3, within=MINUTE) for _time in range(times)]


def test_without_its_redis_nobody_is_kept_away(monkeypatch: Any) -> None:
    def is_down(*_facts: object) -> None:
        raise RedisError

    monkeypatch.setattr(pace._counts, "add", is_down)
    assert asked(9) == [False] * 9


@pytest.mark.parametrize(
    ("senders", "last"),
    [
        (["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"], True),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"], False),
    ],
)
def test_a_network_of_ipv6_is_one_sender(senders: list[str], last: bool) -> None:
    assert [asked(1, sender)[0] for sender in senders][-1] is last


@pytest.mark.parametrize(
    ("address", "counts"), [("rediscache://127.0.0.1:1/0", "RedisCache"), (None, "LocMemCache")]
)
def test_what_is_asked_often_is_counted_where_it_costs_nothing(
    tmp_path: Path, address: str | None, counts: str
) -> None:
    code, said = start(tmp_path, "print(settings.CACHES['pace']['BACKEND'])", CACHE_URL=address)
    assert (code, [line.rpartition(".")[2] for line in said]) == (0, [counts])
