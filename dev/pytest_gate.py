"""A pytest plugin: count what was skipped, and let CI fail without a browser."""

import os
import re

import pytest

NO_BROWSER = re.compile(r"chrom|browser|websocket", re.IGNORECASE)


def _skipped(terminal) -> tuple[int, int]:
    """Return how many tests were skipped, and how many for want of a browser."""
    reports = terminal.stats.get("skipped", [])
    reasons = [str(report.longrepr) for report in reports]
    return len(reasons), sum(1 for reason in reasons if NO_BROWSER.search(reason))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Fail the run under CI when browser tests did not run."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal and os.environ.get("CI") == "true" and _skipped(terminal)[1]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Say plainly how many tests did not run."""
    skipped, browser = _skipped(terminalreporter)
    terminalreporter.write_line(
        f"skipped: {skipped}, of these for want of a browser: {browser}"
    )
    if browser and os.environ.get("CI") == "true":
        terminalreporter.write_line("FAILED: CI needs the browser tests")
