"""The benchmarks whose bars hold at any size, small: `make bench` and `make proof` run them full size."""
import os
import subprocess
import sys

from helpers import CONF, PROOF, ROOT


def run(name, *options):
    """Run a benchmark, at full size for the proof, and return what it prints."""
    done = subprocess.run(
        [sys.executable, ROOT / f'tests/bench/{name}.py', 'unused', *([] if PROOF else options)], check=False,
        capture_output=True, text=True, env={**os.environ, 'ODOO_RC': str(CONF)})
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


def test_plain_sale_costs_nothing_more():
    """No query more than without our addons. Of CPU, a small run beside other tests says little."""
    assert ' work orders, ' in run('plain_sale', '--orders', '500', '--customers', '50', '--rounds', '2', '--cpu', '3')


def test_service_costs_a_sale_few_queries():
    """To open, rank, assign, explain, tell and log. Of CPU, a small run beside other tests says little."""
    assert ', windows, promises' in run('sale_confirm', '--all', '--rounds', '1', '--most', '1', '--cpu', '9')


def test_work_orders_open_alike_with_many():
    """As many queries as with few. Of CPU, a small run beside other tests says little."""
    assert 'manager: kanban by state' in run(
        'orders', '--few', '3000', '--many', '6000', '--rounds', '2', '--cpu', '5')


def test_screens_open_alike_with_many_records():
    """As many queries as with few, and an index for each search."""
    assert 'stokiva.device form' in run('screens', '--records', '2000', '--rounds', '1')


def test_sms_leave_without_conflict():
    """Two companies in one queue, reports coming in meanwhile. How fast, on a machine that does more, says little."""
    assert 'bare HTTP' in run('sms', '--messages', '60', '--bar', '1')


def test_a_long_log_is_verified_in_bounded_memory():
    """Sound when it is sound, one byte in the middle is named; `make proof` verifies a million events."""
    assert ' MB more' in run('verify_log', '--events', '20000')


def test_ranking_needs_one_query():
    """However many orders; how the network's size counts is for the full size."""
    assert 'candidates' in run(
        'ranking', '--providers', '200', '--past', '1000', '--open', '100', '--rounds', '1', '--growth', '99', '--part', '99',
        '--limited', '99')


def test_promised_times_are_told_in_bounded_queries():
    """As many queries with few open orders as with many; how fast is for the full size."""
    assert 'list at risk' in run('sla', '--few', '200', '--many', '1000', '--due', '60', '--growth', '99')


def test_orders_are_settled_in_bounded_queries():
    """As many for each batch, and all of it right; how fast is for the full size."""
    assert ' settlements, no problems' in run(
        'settlements', '--orders', '200', '--batch', '100', '--providers', '20', '--cpu', '99', '--more', '20',
        '--growth', '99')


def test_a_phone_that_comes_back_is_cheap():
    """What the app adds to the events themselves; a small run beside other tests says little about CPU."""
    assert 'operations synced' in run('field_sync', '--jobs', '2', '--bar', '6')


def test_windows_cost_bounded_queries():
    """To build, to follow a change, and to rank with; how fast is for the full size."""
    assert 'with windows' in run('slots', '--providers', '100', '--rounds', '1', '--growth', '99', '--times', '99')


def test_a_providers_pages_open_alike_with_many_orders():
    """As many queries as with few; how fast is for the full size."""
    assert 'list filterby=all' in run('portal', '--few', '100', '--many', '300', '--rounds', '2', '--ratio', '99')


def test_days_are_counted_as_the_plain_query_says():
    """However they are counted, and dashboards and reports open; how fast is for the full size."""
    printed = run('performance', '--orders', '500', '--providers', '5', '--screen', '99', '--day', '99', '--all', '9999')
    assert ' 0 differ from the plain query' in printed
    assert 'dashboard settlement: Earned by week' in printed and 'Margin per Order' in printed
