"""Run the tests of the project; called by scripts/test, which prepares the environment.

Without arguments, everything, in phases:

  install  the addons are installed into a template database; a warning in the log is a failure
  cross    tests/: several addons, real servers, faults, benchmarks in small
  setups   those of tests/ that install, upgrade, back up, and load the demo company
  addons   the addons' tests by pytest-odoo, with coverage
  browser  tests/e2e: people's stories in a real browser
  runner   the same tests by Odoo's own runner; of those that take longest see tests/expected_counts.toml
  lint     Odoo's test_lint on a database with our addons
  i18n     texts without Turkish, and translation files that are out of date

Four run at a time, each in a process of its own (`--phase NAME`, which also serves to run one by hand); all but
`setups`, which begins with databases of its own, wait for the first. What they print comes whole, in this order.

With other arguments, these go to pytest: paths under addons/ are run by pytest-odoo, paths under
tests/ plainly, and without a path both. Every phase has a database of its own, dropped afterwards.
"""
import contextlib
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from test_results import Result, add_up, read_expected, read_pytest, read_runner

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / '.state'
LOGS = STATE / 'log'
CONF = STATE / 'odoo.conf'
ADDONS = [name for name in os.environ['STOKIVA_ADDONS'].split(',') if name]
PROOF = bool(os.environ.get('STOKIVA_PROOF'))
# Most of their time goes into making databases.
SETUPS = [f'tests/test_{name}.py' for name in ('install', 'demo', 'operate', 'audit_log', 'setup_errors', 'kits')]
# Phases at a time: more than cores, as each waits for PostgreSQL, a browser or a server now and then.
AT_A_TIME = 2 + min(2, os.cpu_count() or 1)
# Begins with what needs no template of our addons: while that is made, by one process, it keeps the other core busy.
AT_ONCE = 'setups'


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


def run_pytest(name, arguments, program=('-m', 'pytest')):
    report = LOGS / f'{name}.xml'
    report.unlink(missing_ok=True)
    command = [sys.executable, *program, f'--junitxml={report}', '-ra', *arguments]
    return read_pytest(report, subprocess.run(command, cwd=ROOT, check=False).returncode)


# -- phases ------------------------------------------------------------------------------------------

def phase_install():
    subprocess.run([ROOT / 'scripts/db', 'template', 'test'], check=True, stdout=subprocess.DEVNULL)
    warnings = check_log(LOGS / 'install.log')
    return Result(failed=int(bool(warnings)), problems=[warnings] if warnings else [])


def phase_runner():
    tags = [f'/{name}' for name in ADDONS]
    if not PROOF:
        tags += [f'-:{name}' for name in read_expected()['runner']['once']]
    with clone('runner') as database:
        code, log = run_odoo('runner.log', database, '--test-tags', ','.join(tags))
    return read_runner(log, code)


def phase_addons():
    return run_addons(['addons'], (ROOT / 'scripts/covered_pytest.py',))


def run_addons(arguments, *program):
    with clone('addons') as database:
        options = ['-p', 'pytest_odoo', f'--odoo-config={CONF}', f'--odoo-database={database}', '--odoo-http']
        return run_pytest('addons', [*options, *arguments], *program)


def phase_cross():
    return run_pytest('cross', ['tests', *(f'--ignore={path}' for path in ('tests/e2e', *SETUPS))])


def phase_setups():
    return run_pytest('setups', SETUPS)


def phase_browser():
    return run_pytest('browser', ['tests/e2e'])


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


# Longest first, so that the last ones fill up the cores.
PHASES = {
    'install': ("installing the addons", phase_install),
    'cross': ("tests across addons", phase_cross),
    'setups': ("installing, upgrading, demo company", phase_setups),
    'addons': ("the addons' tests, by pytest-odoo", phase_addons),
    'browser': ("stories in a browser", phase_browser),
    'runner': ("the addons' tests, by Odoo's own runner", phase_runner),
    'lint': ("Odoo's test_lint", phase_lint),
    'i18n': ("translations", phase_i18n),
}
# The runner repeats what `addons` counts, so its tests are not counted twice.
COUNTED = ('addons', 'cross', 'setups', 'browser', 'lint')


def measure(function):
    """Call a function that returns a `Result`, and note in it how long that took."""
    began, worked = time.monotonic(), sum(os.times()[:4])
    result = function()
    result.seconds, result.work = time.monotonic() - began, sum(os.times()[:4]) - worked
    return result


def run_phase(name):
    """Run a phase and judge it, in this process."""
    title, function = PHASES[name]
    say(f'{name}: {title}')
    result = measure(function)
    result.check(name)
    for problem in result.problems:
        print(problem)
    say(result.get_line(name))
    return result


def run_apart(name):
    """Run a phase in a process of its own, telling every minute how far it is.

    :return: tuple of its output and its Result
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
        return f'{text}\n{name} ended with {process.returncode}', Result(failed=1)
    return text, Result(**json.loads(report.read_text()))


def run_one(name):
    result = run_phase(name)
    (LOGS / f'phase-{name}.json').write_text(json.dumps(asdict(result)))
    return 1 if result.failed else 0


def run_all():
    first, *others = PHASES
    results = {}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        at_once = pool.submit(run_apart, AT_ONCE)
        results[first] = run_phase(first)
        waiting = {
            name: at_once if name == AT_ONCE else pool.submit(run_apart, name)
            for name in others if not results[first].failed or name == AT_ONCE}
        for name, future in waiting.items():
            text, results[name] = future.result()
            print(text, flush=True)
    print('\n'.join(['', *(result.get_line(name) for name, result in results.items()), '']))
    total = add_up(results[name] for name in COUNTED if name in results)
    total.failed = sum(result.failed for result in results.values())
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
    results = []
    if addons is not None:
        results.append(run_addons(addons))
    if cross is not None:
        results.append(run_pytest('cross', cross))
    for result in results:
        for problem in result.problems:
            print(problem)
    total = add_up(results)
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
