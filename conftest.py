"""REQUIRE_ALL=1 (CI) means that nothing may be skipped: a test that did not run proved nothing."""

import os

import pytest


def pytest_terminal_summary(terminalreporter):
    if not os.environ.get("REQUIRE_ALL"):
        return
    for outcome in ("skipped", "xfailed"):
        for report in terminalreporter.stats.get(outcome, []):
            terminalreporter.write_line(f"REQUIRE_ALL: {outcome} {report.nodeid}", red=True)


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not os.environ.get("REQUIRE_ALL"):
        return
    not_run = [*reporter.stats.get("skipped", []), *reporter.stats.get("xfailed", [])]
    if not_run and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
