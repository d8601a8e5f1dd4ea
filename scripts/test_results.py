"""What a phase of the tests yields, and how it is read from what pytest and Odoo leave; see run_tests.py."""
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

import tomllib

EXPECTED = Path(__file__).resolve().parent.parent / 'tests/expected_counts.toml'
RUNNER_SUMMARY = re.compile(r'(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading')
# pytest: all passed, or nothing was collected
PYTEST_FINE = {0, 5}


@dataclass
class Result:
    """Numbers of tests, what is to be told, and how long it took.

    :ivar float seconds: by the clock
    :ivar float work: of processors, without PostgreSQL's; other work on the machine hardly changes it
    """
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list = field(default_factory=list)
    seconds: float = 0
    work: float = 0

    @property
    def ran(self):
        return self.passed + self.failed

    def __str__(self):
        return f'{self.passed} passed, {self.failed} failed, {self.skipped} skipped'

    def get_line(self, name):
        return f'{name:8} {self.seconds:6.0f} s, {self.work:5.0f} s of work   {self}'

    def check(self, name):
        """Skipped tests, or fewer tests than there were, must not pass as green.

        :param str name: of the phase
        """
        floor = read_expected()['floors'].get(name, 0)
        if self.skipped:
            self.problems.append(f'{self.skipped} tests were skipped')
        if self.ran < floor:
            self.problems.append(f'{self.ran} tests ran, but tests/{EXPECTED.name} wants at least {floor}')
        if self.problems and not self.failed:
            self.failed = 1


def add_up(results):
    """Return the `Result` of several, without what they tell."""
    total = Result()
    for result in results:
        total.passed += result.passed
        total.failed += result.failed
        total.skipped += result.skipped
    return total


def read_expected():
    """Return what is expected of the phases, as its file explains it."""
    return tomllib.loads(EXPECTED.read_text())


def read_runner(log, code):
    """Read the log of Odoo's own runner.

    :param Path log: its log
    :param int code: how it ended
    """
    text = log.read_text(errors='replace')
    result = Result(skipped=len(re.findall(r': skipped ', text)))
    summary = RUNNER_SUMMARY.search(text)
    if summary:
        failures, errors, ran = map(int, summary.groups())
        result.failed = failures + errors
        # Odoo counts a test that is skipped as run.
        result.passed = ran - result.failed - result.skipped
    if code or not summary:
        blocks = re.findall(r'^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*(?:\n(?!\d{4}-).*)*', text, re.M)
        result.problems += blocks[:20] or [f'Odoo ended with {code}; see {log}']
        result.failed = result.failed or 1
    return result


def read_pytest(report, code):
    """Read pytest's report.

    :param Path report: its XML, if it came to that
    :param int code: how it ended
    """
    result = Result()
    if report.exists():
        # The suite's own numbers count subtests too.
        for case in ET.parse(report).getroot().iter('testcase'):
            outcomes = {child.tag for child in case}
            if outcomes & {'failure', 'error'}:
                result.failed += 1
            elif 'skipped' in outcomes:
                result.skipped += 1
            else:
                result.passed += 1
    if code not in PYTEST_FINE and not result.failed:
        result.failed = 1
        result.problems.append(f'pytest ended with {code}')
    return result
