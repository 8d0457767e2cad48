"""What holds for the project as a whole: each rule is checked on everything there is, so that
something new cannot be forgotten."""

import importlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models import CheckConstraint, F, Model, Q
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

from kosna.core.errors import Refused
from kosna.core.models import Stateful
from kosna.payments import payables
from kosna.routes import OBJECTS, routes
from tests.public_urls import PUBLIC

BASE = settings.BASE_DIR
OURS = ("kosna", "members", "events", "research")
TEMPLATES = sorted(
    path.relative_to(BASE / "templates").as_posix()
    for path in (BASE / "templates").rglob("*")
    if path.suffix in {".html", ".txt", ".svg"}
)
MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]
STATEFUL = [model for model in MODELS if issubclass(model, Stateful)]


def sources() -> Iterator[Path]:
    for room in OURS:
        for path in sorted((BASE / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def label(model: type[Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name: str) -> None:
    get_template(name)


INLINE = re.compile(
    r"""<style\b | \sstyle\s*= | \son[a-z]+\s*=\s*["'] | javascript:
      | <script\b(?![^>]*\b(?:src=|type="application/json"))""",
    re.IGNORECASE | re.VERBOSE,
)


# Mail clients read nothing but inline styles; the demo's reports are printed, never sent as pages.
PAGES = [name for name in TEMPLATES if not name.startswith(("mail/", "research/demo_report"))]


@pytest.mark.parametrize("name", PAGES)
def test_template_has_no_inline_style_or_script(name: str) -> None:
    text = (BASE / "templates" / name).read_text(encoding="utf-8")
    assert INLINE.findall(text) == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_public_address_is_listed() -> None:
    assert {route.name for route in routes() if route.access == "public"} == PUBLIC


def test_only_these_take_a_post_without_a_token() -> None:
    """A choice of language, what a gateway signs or knows a secret for, a login that allauth proves
    by a cookie of its own, what a device or a program sends with its key, and what stops mails for
    who has the link."""

    def walk(patterns: list[Any]) -> Iterator[URLPattern]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns)
            else:
                yield entry

    exempt = [
        entry.lookup_str
        for entry in walk(get_resolver().url_patterns)
        if getattr(entry.callback, "csrf_exempt", False)
    ]
    assert exempt == [
        "events.door.views.self_check_in",
        "events.door.views.sync",
        *(f"events.door.sale_views.{name}" for name in ("offers", "sell", "paid", "unsold")),
        "research.views.finding.stop",
        "members.community.views.weekly.stop",
        "allauth.socialaccount.providers.google.views.LoginByTokenView",
        *(
            f"events.api.views.{name}"
            for name in (
                "list_events",
                "show_event",
                "publish_event",
                "unpublish_event",
                "list_registrations",
                "show_roster",
                "hand_in_scans",
                "show_arrivals",
            )
        ),
        *(
            f"research.api.views.{name}"
            for name in ("list_reports", "show_report", "list_series", "show_series", "list_values")
        ),
        "kosna.payments.views.webhook",
        "kosna.payments.views.webhook",
        "kosna.views.pages.set_language",
    ]


def test_every_address_has_a_name_of_its_own() -> None:
    names = [route.name for route in routes() if route.view.split(".")[0] in OURS]
    assert [name for name in names if not name] == []
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_address_tells_its_methods_and_its_object() -> None:
    told = {route.name: (route.methods, route.object) for route in routes()}
    assert told["members_staff:application-approve"] == (["POST"], "members.Application")
    assert told["members:application-withdraw"] == (["POST"], "members.Application")
    assert told["research:reports"] == (["GET", "HEAD"], "")
    assert told["tickets:ticket-pdf"] == (["GET", "POST"], "events.Registration")
    assert told["mfa_view_recovery_codes"] == (["GET"], "")
    assert told["admin:accounts_policy_history"] == (["GET", "POST"], "accounts.policy")
    assert list(routes()[0].as_dict()) == [
        "name", "pattern", "methods", "permission", "object", "view",
    ]  # fmt: skip
    for label in filter(None, OBJECTS.values()):
        apps.get_model(label)
    nameless = [
        route.pattern
        for route in routes()
        if "<" in route.pattern and not route.object and route.view.split(".")[0] in OURS
    ]
    assert nameless == [
        "/about/<slug:page>/",
        "/webhooks/<slug:provider>/",
        "/webhooks/<slug:provider>/<str:secret>/",
    ]


def test_views_tell_which_methods_they_answer() -> None:
    """Django's decorators would keep it from ``manage.py routes``."""
    others = [
        path.relative_to(BASE).as_posix()
        for path in sources()
        if "django.views.decorators.http" in path.read_text(encoding="utf-8")
    ]
    assert others == ["kosna/core/methods.py"]


def test_every_string_is_in_korean() -> None:
    done = subprocess.run(
        [BASE / "scripts" / "untranslated.sh"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_no_string_hides_from_its_translators() -> None:
    """They are collected by the names of Django's functions, and by ``_``."""
    renamed = [
        path.relative_to(BASE).as_posix()
        for path in sources()
        if re.search(r"gettext\w* as (?!_\b)", path.read_text(encoding="utf-8"))
    ]
    assert renamed == []


@pytest.mark.parametrize("model", STATEFUL, ids=label)
def test_diagram_names_every_status(model: type[Stateful]) -> None:
    every = set(model.Status.values)
    assert set(model.TRANSITIONS) == every
    assert {new for arrows in model.TRANSITIONS.values() for new in arrows} <= every
    assert [status for status, arrows in model.TRANSITIONS.items() if status in arrows] == []


@pytest.mark.django_db
@pytest.mark.parametrize("model", STATEFUL, ids=label)
def test_status_moves_only_along_the_diagram(
    model: type[Stateful], django_assert_num_queries
) -> None:
    """Every pair of statuses is walked. The row is one that nobody saved, so a drawn arrow gets as
    far as its compare-and-swap, which finds nothing, and looks how it stands; an undrawn one asks
    the database nothing."""
    for now in model.Status.values:
        for new in model.Status.values:
            row = model(pk=0, status=now)
            is_drawn = new in model.TRANSITIONS[now]
            with django_assert_num_queries(2 * is_drawn) as queries, pytest.raises(Refused):
                row.move_to(new)
            assert row.status == now
            if is_drawn:
                update = queries.captured_queries[0]["sql"]
                assert update.startswith("UPDATE")
                assert re.search(rf"WHERE .*\"status\" = '{now}'", update)


@pytest.mark.parametrize("model", STATEFUL, ids=label)
def test_the_way_back_is_no_way_forward(model: type[Stateful]) -> None:
    """What only the taking back of a payment may go, no deadline and no decision can."""
    for status, back in model.RESTORES.items():
        assert back <= set(model.Status.values)
        assert not back & model.TRANSITIONS[status]


def test_every_payable_has_its_handlers() -> None:
    assert payables.kinds() != []
    for kind in payables.kinds():
        payable = payables.get(kind)
        assert callable(payable.on_paid), kind
        assert callable(payable.on_refunded), kind
        assert callable(payable.on_expired), kind
        assert callable(payable.on_unpaid), kind


def fields_of(condition: Q | F | tuple) -> set[str]:
    """The columns that a CHECK speaks of."""
    if isinstance(condition, Q):
        return set().union(*(fields_of(child) for child in condition.children))
    if isinstance(condition, F):
        return {condition.name}
    lookup, value = condition
    return {lookup.split("__")[0]} | (fields_of(value) if isinstance(value, F) else set())


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_who_and_when_are_kept_together(model: type[Model]) -> None:
    """``x_at`` and ``x_by`` are both there or both missing, and the database says so."""
    optional = {field.name for field in model._meta.concrete_fields if field.null}
    pairs = {
        name[:-3] for name in optional if name.endswith("_at") and f"{name[:-3]}_by" in optional
    }
    checked = [
        fields_of(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    ]
    loose = {
        pair
        for pair in pairs
        if not any({f"{pair}_at", f"{pair}_by"} <= names for names in checked)
    }
    assert loose == set()


@pytest.mark.parametrize(
    "path", sorted((BASE / "tests/bench").glob("[a-z]*.py")), ids=lambda path: path.stem
)
def test_what_is_measured_now_and_then_can_still_be_read(path: Path) -> None:
    assert importlib.import_module(f"tests.bench.{path.stem}")


OTHER_CLOCKS = re.compile(
    r"\btimezone\.(now|localdate|localtime)\(|\b(date|datetime)\.(today|utcnow)\(|datetime\.now\("
)


def test_business_asks_one_clock() -> None:
    others = [
        path.relative_to(BASE).as_posix()
        for path in sources()
        if OTHER_CLOCKS.search(path.read_text(encoding="utf-8"))
        # Log lines and the payment sandbox tell the machine's own time, and so do the gateways, to
        # whose clock their providers translate ours; sessions end when Django says.
        and not path.match("kosna/accounts/sessions.py")
        and not path.match("kosna/core/clock.py")
        and not path.match("kosna/core/logs.py")
        and not path.match("kosna/payments/providers/base.py")
        and "sandbox" not in path.parts
    ]
    assert others == []


def test_every_setting_of_the_environment_is_documented() -> None:
    read = {
        name
        for path in (BASE / "kosna/settings").glob("*.py")
        for name in re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', path.read_text())
    } | {
        f"{name}_CLIENT_{part}"
        for name in ("KAKAO", "NAVER", "GOOGLE")
        for part in ("ID", "SECRET")
    }
    told = set(re.findall(r"^#?([A-Z0-9_]+)=", (BASE / ".env.example").read_text(), re.MULTILINE))
    # Read by boto3 and by compose.yaml.
    assert told - {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "POSTGRES_PASSWORD"} == read


def test_scripts_can_be_run() -> None:
    scripts = [*(BASE / "scripts").glob("*.sh"), BASE / ".ci/run"]
    assert [script.name for script in scripts if not os.access(script, os.X_OK)] == []


EVENT = r"((?:checkout\.session|charge|refund)\.[a-z_.]+|payment_intent\.payment_failed)"


def test_every_event_that_counts_is_subscribed_to() -> None:
    """What the sandbox sends as Stripe does stands in the list that an operator copies."""
    sent = re.findall(f'"{EVENT}"', (BASE / "kosna/payments/sandbox/engine.py").read_text())
    told = re.findall(f"`{EVENT}`", (BASE / "docs/production.md").read_text())
    assert sorted(told) == sorted({event for event in sent if not event.endswith(".")})


@pytest.mark.parametrize(
    ("asked", "listens"), [({}, "127.0.0.1"), ({"HOST": "0.0.0.0"}, "0.0.0.0")]
)
def test_demo_listens_here_unless_told_otherwise(
    tmp_path: Path, asked: dict[str, str], listens: str
) -> None:
    """Its passwords are printed in the README. The script runs with a python that only repeats
    what it was told."""
    answers = '-c) echo secret ;; scripts/hosts.py) echo localhost ;; *) echo "$@" ;;'
    repeats = f'#!/bin/sh\ncase "$1" in {answers} esac\n'
    for name, text in {
        "scripts/demo.sh": (BASE / "scripts/demo.sh").read_text(),
        "scripts/setup.sh": repeats,
        ".venv/bin/python": repeats,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o700)
    done = subprocess.run(
        ["make", "-s", "-f", BASE / "Makefile", "demo", "PORT=8123"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split()[:3] == ["scripts/serve.py", listens, "8123"]


def test_the_asvs_list_names_what_there_is() -> None:
    """A test or a file that was renamed would leave the list saying what nothing shows."""
    told = (BASE / "docs/asvs.md").read_text()
    there = {
        name
        for path in (BASE / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert set(re.findall(r"`(?:\w+\.py::)?(test_\w+)`", told)) - there == set()
    files = re.findall(r"`([\w/-]+/[\w/.-]+\.(?:py|md))`", told)
    assert [name for name in files if not (BASE / name).exists()] == []
    assert len(files) > 15
