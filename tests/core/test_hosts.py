"""By which names the demo answers (``scripts/hosts.py``)."""

import subprocess
import sys

import pytest
from django.conf import settings

HERE = ["localhost", "127.0.0.1"]


def hosts(host: str) -> list[str]:
    command = [sys.executable, settings.BASE_DIR / "scripts" / "hosts.py", host]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip().split(",")


@pytest.mark.parametrize("host", HERE)
def test_unless_asked_to_it_knows_this_machine_alone(host):
    assert hosts(host) == HERE


def test_what_it_listens_on_stands_in_its_links():
    assert hosts("192.0.2.7") == ["192.0.2.7", *HERE]
    assert hosts("Demo.Example") == ["demo.example", *HERE]


def test_opened_to_the_network_it_answers_to_what_the_machine_is_called():
    first, *others = hosts("0.0.0.0")
    assert first not in HERE and others[-2:] == HERE
    assert not {"0.0.0.0", "*"} & {first, *others}
