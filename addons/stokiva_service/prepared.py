"""Big queries that cost more to plan than to run: PostgreSQL keeps their plans, once a connection."""
from hashlib import sha256
from typing import NamedTuple

from odoo.tools import SQL

_KEY = 'stokiva.prepared'
# What the connection has: asked along with another query, it spares asking for it.
KNOWN = SQL("ARRAY(SELECT name FROM pg_prepared_statements)")


class Statement(NamedTuple):
    """A query with a name of its own.

    :param str name: by which PostgreSQL keeps it
    :param str block: that makes it known where it is not: a pooler may have given the connection to somebody else
    """
    name: str
    block: str

    @classmethod
    def make(cls, cr, query, kinds):
        """Return the statement of a query.

        :param cr: any cursor
        :param SQL query: with ``$1``, ``$2`` and so on for its parameters
        :param list kinds: types of the parameters
        """
        text = f"({', '.join(kinds)}) AS {cr.mogrify(query).decode()}"
        name = f'stokiva_{sha256(text.encode()).hexdigest()[:16]}'
        return cls(name, f"""BEGIN IF NOT EXISTS (SELECT FROM pg_prepared_statements WHERE name = '{name}')
            THEN EXECUTE $text$PREPARE {name} {text}$text$; END IF; END""")


def get_placeholders(kinds):
    """Return ``$1``, ``$2`` and so on, for the query of a statement.

    :param kinds: types of the parameters
    :return: list of SQL
    """
    return list(map(SQL, [f'${number}' for number, _kind in enumerate(kinds, 1)]))


def get_literals(values, kinds):
    """Return the parameters for the same query with a plan of its own.

    :param values: of the parameters
    :param kinds: their types
    :return: list of SQL
    """
    return [SQL("%s::%s", value, kind) for value, kind in zip(values, map(SQL, kinds), strict=True)]


def note_known(env, names):
    """Remember, for this transaction, which statements the connection has.

    :param env: environment
    :param list names: what ``KNOWN`` said
    """
    env.cr.precommit.data[_KEY] = names


def execute_query(env, statement, parameters):
    """Return the rows of a statement.

    :param env: environment
    :param Statement statement: to be executed
    :param list parameters: their values
    :rtype: list
    """
    known = env.cr.precommit.data.get(_KEY, ())
    # The plan that is kept is one for any values; to compile it would cost more than what it saves.
    return env.execute_query(SQL(
        "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL jit = off; %s EXECUTE %s %s",
        SQL() if statement.name in known else SQL("DO %s;", statement.block), SQL.identifier(statement.name), tuple(parameters)))
