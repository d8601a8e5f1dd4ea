"""Random sequences of legal and illegal events by random actors, through the real database and the one door.

After each step the database must hold what the design promises, and what a small model of it predicts: see
sequences/model.py and sequences/rows.py. Employees do by buttons and dialogs what the screen has such for. `make proof`
plays 2,000 sequences, `make test` a few of them; STOKIVA_SEQUENCES says another number.
"""
import os
import sys
from collections import Counter

import pytest
from helpers import PROOF
from hypothesis import HealthCheck, given, settings
from sequences.model import EVENTS
from sequences.player import Player
from sequences.steps import scenarios
from sequences.world import World

SEQUENCES = int(os.environ.get('STOKIVA_SEQUENCES') or (2000 if PROOF else 25))
LONGEST = 30


@pytest.fixture(scope='module')
def world(new_database, odoo_env):
    """Return a world that is committed to a database of its own, and its environment."""
    with odoo_env(new_database()) as env:
        made = World(env)
        env.cr.commit()
        yield made
        env.cr.rollback()


def test_whatever_is_tried_the_order_stays_sound(world, capsys):
    counts, played = Counter(), Counter()

    @settings(
        max_examples=SEQUENCES, deadline=None, database=None, derandomize=not PROOF, print_blob=True,
        suppress_health_check=list(HealthCheck))
    @given(scenarios(list(world.actors), LONGEST))
    def play(scenario):
        setup, steps = scenario
        played.update(sequences=1, steps=len(steps))
        world.env.cr.rollback()
        player = Player(world, world.env, counts)
        player.play(setup, steps)
        played.update(job.state for job in player.jobs.values())

    from odoo.tools import mute_logger  # noqa: PLC0415

    with mute_logger('odoo.sql_db'):  # what the database refuses is looked at here
        play()
    with capsys.disabled():
        sys.stdout.write(f'\n{dict(played)}\n{dict(sorted(counts.items()))}\n')
    assert played['sequences'] >= SEQUENCES
    if SEQUENCES >= 2000:
        for event in EVENTS:
            assert counts[event, 'done'] and counts[event, 'refused'], f'{event} was not tried both ways'
    assert played['completed'] > SEQUENCES / 50, "hardly an order was completed"
