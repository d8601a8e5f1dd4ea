"""How soon the technicians' app shows its first screen, on a village's link and a slow phone.

    scripts/bench field_open
    tests/bench/field_open.py DATABASE [--rounds 7] [--jobs 12] [--slow 4] [--first 1.5] [--later 0.5]

1.6 Mbit/s, 150 ms a request, gzip as by config/nginx.conf, the processor slowed SLOW times; a new browser each round. The
first time of somebody who has to sign in, of somebody who is signed in (his jobs are shown), and both a second time.
The process exits with 1 when a median takes longer than the bar. It needs an idle machine: the times are wall seconds.
"""
import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from common import clone, environment, table
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from field_app.opening import LINK, Opening
from field_app.world import FieldWorld
from helpers import Server
from screens import Packing


def measure(playwright, url, options, login):
    """Return what `Opening.open` says of the first and of a later opening by a new browser."""
    with tempfile.TemporaryDirectory() as folder:
        opening = Opening(playwright, folder, url, login, options.slow, LINK)
        first = opening.open()
        opening.settle()
        opening.open()  # with it the browser keeps the compiled script
        later = opening.open()
        opening.context.close()
    return first, later


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--source', default='test', help="what is cloned")
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--jobs', type=int, default=12)
    parser.add_argument('--slow', type=float, default=4)
    parser.add_argument('--first', type=float, default=1.5)
    parser.add_argument('--later', type=float, default=0.5)
    options = parser.parse_args()
    with clone(options.source) as database:
        with environment(database) as env:
            world = FieldWorld(env)
            for number in range(options.jobs):
                world.make_job(env, 'emre', number)
            env.cr.commit()
        server = Server(database)
        try:
            server.wait()
            with Packing(server.url) as packing, sync_playwright() as playwright:
                measure(playwright, packing.url, options, world.logins['emre'])  # the server's caches are empty
                rounds = {
                    who: [measure(playwright, packing.url, options, login) for _round in range(options.rounds)]
                    for who, login in (("signed out", None), ("signed in", world.logins['emre']))}
        finally:
            server.stop()
    rows, missed = [], []
    for who, both in rounds.items():
        for when, bar, results in zip(("first", "later"), (options.first, options.later), zip(*both, strict=True), strict=True):
            seconds = sorted(result['milliseconds'] / 1000 for result in results)
            median = statistics.median(seconds)
            paint = statistics.median(result['first_paint'] / 1000 for result in results)
            rows.append((f'{who}, {when}', f'{median:.2f}', f'{seconds[0]:.2f}', f'{seconds[-1]:.2f}', f'{paint:.2f}',
                         len(results[-1]['requests']), f'{results[-1]["bytes"] / 1000:.1f}'))
            if median > bar:
                missed.append(f'{who}, {when}: {median:.2f} s, bar {bar:.2f}')
    table(('opening', 'median s', 'best', 'worst', 'first paint', 'requests', 'kB'), rows)
    sys.stdout.write(''.join(f'\nmissed: {line}' for line in missed) + '\n')
    sys.exit(bool(missed))


if __name__ == '__main__':
    main()
