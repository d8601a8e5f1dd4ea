"""Run the tests of the project; called by scripts/test, which prepares the environment.

Without arguments, everything, in phases:

  install  the addons are installed into a template database; a warning in the log is a failure
  cross    tests/: several addons, real servers, real browsers
  addons   the addons' tests by pytest-odoo, with coverage
  runner   the same tests by Odoo's own runner
  lint     Odoo's test_lint on a database with our addons
  i18n     texts without Turkish, and translation files that are out of date

The first comes alone, of the others two run at a time, each in a process of its own (`--phase NAME`,
which also serves to run one by hand); what they print comes whole, in this order.

With other arguments, these go to pytest: paths under addons/ are run by pytest-odoo, paths under
tests/ plainly, and without a path both. Every phase has a database of its own, dropped afterwards.
"""
import configparser
import contextlib
import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / '.state'
LOGS = STATE / 'log'
CONF = STATE / 'odoo.conf'
ADDONS = [name for name in os.environ['STOKIVA_ADDONS'].split(',') if name]
RUNNER_SUMMARY = re.compile(r'(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading')
# pytest: all passed, or nothing was collected
PYTEST_FINE = {0, 5}
# Phases at a time: each keeps a core busy, and PostgreSQL and a browser need some, too.
AT_A_TIME = min(2, os.cpu_count() or 1)


@dataclass
class Result:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list = field(default_factory=list)

    @property
    def ran(self):
        return self.passed + self.failed

    def __str__(self):
        return f'{self.passed} passed, {self.failed} failed, {self.skipped} skipped'


def say(text):
    print(f'\033[1mstokiva: {text}\033[0m', flush=True)


@contextlib.contextmanager
def clone(purpose):
    name = f'stokiva_test_{purpose}_{os.getpid()}'
    subprocess.run([ROOT / 'scripts/db', 'clone', 'test', name], check=True)
    try:
        yield name
    finally:
        subprocess.run([ROOT / 'scripts/db', 'drop', name], check=True)


def free_port():
    import socket  # noqa: PLC0415
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def run_odoo(log_name, database, *options):
    """Run Odoo into a log of its own, telling every half minute how far it is.

    :return: tuple of exit code and Path of the log
    """
    log = LOGS / log_name
    command = [sys.executable, '-m', 'odoo', 'server', '-c', CONF, '-d', database, '--http-port', str(free_port()),
               '--stop-after-init', *options]
    with log.open('w') as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, cwd=ROOT)
        while True:
            try:
                return process.wait(timeout=30), log
            except subprocess.TimeoutExpired:
                say(f"  … {log.read_text(errors='replace').count(': Starting ')} tests started")


def check_log(*logs):
    done = subprocess.run([ROOT / 'scripts/check_log', *logs], check=False, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip() if done.returncode else ''


def read_runner(log, code):
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


def run_pytest(name, arguments, coverage=False):
    report = LOGS / f'{name}.xml'
    report.unlink(missing_ok=True)
    command = [sys.executable, '-m', 'pytest', f'--junitxml={report}', '-ra', *arguments]
    if coverage:
        command += ['--cov', '--cov-report=term:skip-covered', f'--cov-report=html:{STATE}/artifacts/coverage']
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
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


# -- phases ------------------------------------------------------------------------------------------

def phase_install():
    subprocess.run([ROOT / 'scripts/db', 'template', 'test'], check=True, stdout=subprocess.DEVNULL)
    warnings = check_log(LOGS / 'install.log')
    return Result(failed=int(bool(warnings)), problems=[warnings] if warnings else [])


def phase_runner():
    with clone('runner') as database:
        code, log = run_odoo('runner.log', database, '--test-tags', ','.join(f'/{name}' for name in ADDONS))
    return read_runner(log, code)


def phase_addons(arguments=(), coverage=True):
    with clone('addons') as database:
        options = ['-p', 'pytest_odoo', f'--odoo-config={CONF}', f'--odoo-database={database}', '--odoo-http']
        return run_pytest('addons', [*options, *(arguments or ['addons'])], coverage)


def phase_cross(arguments=()):
    return run_pytest('cross', arguments or ['tests'])


def phase_lint():
    # The part that lints all of Odoo takes minutes: scripts/lint runs its plugins on our addons. ESLint is
    # not among our tools.
    with clone('lint') as database:
        code, log = run_odoo('test_lint.log', database, '-i', 'test_lint', '--test-tags',
                             '/test_lint,-/test_lint:TestPyLint,-/test_lint:TestESLint')
    result = read_runner(log, code)
    warnings = check_log(log)
    if warnings and not result.problems:
        result.failed += 1
        result.problems.append(warnings)
    return result


def phase_i18n():
    with clone('i18n') as database:
        code = subprocess.run([ROOT / 'scripts/i18n', '--check', database], check=False).returncode
    return Result(failed=int(bool(code)))


PHASES = {
    'install': ("installing the addons", phase_install),
    'cross': ("tests across addons", phase_cross),
    'addons': ("the addons' tests, by pytest-odoo", phase_addons),
    'runner': ("the addons' tests, by Odoo's own runner", phase_runner),
    'lint': ("Odoo's test_lint", phase_lint),
    'i18n': ("translations", phase_i18n),
}
# The runner repeats what `addons` counts, so its tests are not counted twice.
COUNTED = ('addons', 'cross', 'lint')


def read_floors():
    parser = configparser.ConfigParser()
    parser.read(ROOT / 'tests/expected_counts.toml')
    return {key: int(value) for key, value in parser['floors'].items()} if parser.has_section('floors') else {}


def check_counts(name, result, floors):
    """Skipped tests, or fewer tests than there were, must not pass as green."""
    if result.skipped:
        result.problems.append(f'{result.skipped} tests were skipped')
    if result.ran < floors.get(name, 0):
        result.problems.append(
            f'{result.ran} tests ran, but tests/expected_counts.toml wants at least {floors[name]}')
    if result.problems and not result.failed:
        result.failed = 1


def run_phase(name, function):
    title = PHASES[name][0]
    say(f'{name}: {title}')
    began = time.monotonic()
    result = function()
    return result, time.monotonic() - began


def run_whole_phase(name):
    """Run a phase and judge it, in this process.

    :return: tuple of Result and seconds
    """
    result, seconds = run_phase(name, PHASES[name][1])
    check_counts(name, result, read_floors())
    for problem in result.problems:
        print(problem)
    say(get_line(name, result, seconds))
    return result, seconds


def get_line(name, result, seconds):
    return f'{name:8} {seconds:6.0f} s   {result}'


def run_apart(name):
    """Run a phase in a process of its own, telling every minute how far it is.

    :return: tuple of its output, Result and seconds
    """
    output, report = LOGS / f'phase-{name}.log', LOGS / f'phase-{name}.json'
    report.unlink(missing_ok=True)
    say(f'{name}: started')
    with output.open('w') as stream:
        process = subprocess.Popen(
            [sys.executable, __file__, '--phase', name], stdout=stream, stderr=subprocess.STDOUT, cwd=ROOT)
        while process.poll() is None:
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                last = output.read_text(errors='replace').strip().rpartition('\n')[2]
                say(f'  … {name}: {last[:100]}')
    text = output.read_text(errors='replace')
    if not report.exists():
        return f'{text}\n{name} ended with {process.returncode}', Result(failed=1), 0
    outcome = json.loads(report.read_text())
    return text, Result(**outcome['result']), outcome['seconds']


def run_one(name):
    result, seconds = run_whole_phase(name)
    (LOGS / f'phase-{name}.json').write_text(json.dumps({'result': asdict(result), 'seconds': seconds}))
    return 1 if result.failed else 0


def run_all():
    first, *others = PHASES
    result, seconds = run_whole_phase(first)
    results, lines = {first: result}, [get_line(first, result, seconds)]
    if not result.failed:
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            for name, (text, result, seconds) in zip(others, pool.map(run_apart, others), strict=True):
                print(text, flush=True)
                results[name] = result
                lines.append(get_line(name, result, seconds))
    print('\n'.join(['', *lines, '']))
    total = Result(
        passed=sum(results[name].passed for name in COUNTED if name in results),
        failed=sum(result.failed for result in results.values()),
        skipped=sum(results[name].skipped for name in COUNTED if name in results),
    )
    print(total)
    return 1 if total.failed else 0


def split_arguments(arguments):
    """Tell what is for the addons' tests from what is for tests/, options going to both.

    :return: tuple of two lists, None for a part that no path names
    """
    addons, cross, options = [], [], []
    for argument in arguments:
        path = (ROOT / argument.split('::')[0]).resolve()
        if not argument.startswith('-') and path.exists() and path.is_relative_to(ROOT / 'addons'):
            addons.append(argument)
        elif not argument.startswith('-') and path.exists() and path.is_relative_to(ROOT / 'tests'):
            cross.append(argument)
        else:
            options.append(argument)
    if not addons and not cross:
        addons, cross = ['addons'], ['tests']
    return (addons + options if addons else None), (cross + options if cross else None)


def run_part(arguments):
    addons, cross = split_arguments(arguments)
    total = Result()
    for name, part in (('addons', addons), ('cross', cross)):
        if part is None:
            continue
        function = {'addons': lambda part=part: phase_addons(part, coverage=False),
                    'cross': lambda part=part: phase_cross(part)}[name]
        result, _seconds = run_phase(name, function)
        for key in ('passed', 'failed', 'skipped'):
            setattr(total, key, getattr(total, key) + getattr(result, key))
        for problem in result.problems:
            print(problem)
    if not total.ran and not total.skipped:
        print('no test has such a name')
        total.failed = 1
    print(total)
    return 1 if total.failed else 0


if __name__ == '__main__':
    given = sys.argv[1:]
    if given[:1] == ['--phase']:
        sys.exit(run_one(given[1]))
    sys.exit(run_part(given) if given else run_all())
