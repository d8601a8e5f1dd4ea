"""What tells, for the price of one query, that a technician's jobs are as they were."""
from odoo import fields
from odoo.tools import SQL

from odoo.addons.stokiva_service import workflow

from .snapshot import SHOWN_AFTER_END

OPEN = (*workflow.WITH_PROVIDER, workflow.AWAITING_APPROVAL)
# What of a job the phone keeps has its own rows here; lines, photos and steps show in the chain of the order's events.
BESIDE = {
    'stokiva.approval': 'work_order_id', 'stokiva.preauthorisation': 'work_order_id', 'stokiva.visit': 'work_order_id',
    'stock.move': 'stokiva_for_order_id'}


def get_stamp(env):
    """Return what changes when one of the current user's jobs does that his phone keeps, or what belongs to it.

    Words, parts and what else is the same for many jobs is not in it: that is looked at now and then.

    :param env: environment of the technician
    :rtype: str
    """
    env.flush_all()
    beside = SQL(" UNION ALL ").join(
        SQL("SELECT concat_ws('|', %s, id, write_date) FROM %s WHERE %s IN (SELECT id FROM mine)",
            model, SQL.identifier(env[model]._table), SQL.identifier(field)) for model, field in BESIDE.items())
    [[stamp]] = env.execute_query(SQL(
        """WITH me AS (SELECT id FROM stokiva_personnel WHERE user_id = %(user)s AND active),
                mine AS (
                    SELECT id FROM stokiva_work_order
                     WHERE personnel_id IN (SELECT id FROM me)
                       AND (state IN %(open)s OR GREATEST(completed_at, closed_at) > %(since)s)
                     UNION
                    SELECT job.id
                      FROM stokiva_visit_assistant_rel assistant
                      JOIN stokiva_work_order job ON job.visit_id = assistant.stokiva_visit_id
                     WHERE assistant.stokiva_personnel_id IN (SELECT id FROM me)
                       AND (job.state IN %(open)s OR GREATEST(job.completed_at, job.closed_at) > %(since)s)),
                parts AS (
                    SELECT concat_ws('|', job.id, job.event_hash, job.write_date, customer.write_date, site.write_date,
                                     device.write_date, provider.write_date, service.write_date) AS part
                      FROM stokiva_work_order job
                      JOIN stokiva_provider provider ON provider.id = job.provider_id
                      JOIN stokiva_service_type service ON service.id = job.service_type_id
                      JOIN res_partner customer ON customer.id = job.partner_id
                 LEFT JOIN res_partner site ON site.id = job.site_id
                 LEFT JOIN stokiva_device device ON device.id = job.device_id
                     WHERE job.id IN (SELECT id FROM mine)
                     UNION ALL %(beside)s
                     UNION ALL SELECT concat_ws('|', 'asked', id, write_date) FROM stock_move
                                WHERE stokiva_for_order_id IN (SELECT id FROM mine)
                     UNION ALL SELECT concat_ws('|', login, write_date) FROM res_users WHERE id = %(user)s)
           SELECT md5(string_agg(part, ';' ORDER BY part)) FROM parts""",
        user=env.uid, open=OPEN, since=fields.Datetime.now() - SHOWN_AFTER_END, beside=beside))
    return f'{stamp}{env.lang}'
