"""The benchmarks whose bars hold at any size, small: `make bench` and `make proof` run them full size."""
import os
import subprocess
import sys

from helpers import CONF, PROOF, ROOT


def test_plain_sale_costs_nothing_more():
    """No query more than without our addons. Of CPU, a small run beside other tests says little."""
    options = [] if PROOF else ['--orders', '2000', '--rounds', '8', '--cpu', '2']
    done = subprocess.run(
        [sys.executable, ROOT / 'tests/bench/plain_sale.py', 'unused', *options], check=False, capture_output=True,
        text=True, env={**os.environ, 'ODOO_RC': str(CONF)})
    assert not done.returncode, done.stdout + done.stderr
    assert ' work orders, ' in done.stdout
