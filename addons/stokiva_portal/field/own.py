"""Whose jobs they are: looked up once for all that a phone sends together."""
from odoo.fields import Domain


class OwnJobs:
    """Jobs of the technician that a request is about.

    :param env: environment of the technician
    :param ids: of work orders, not trusted
    """

    def __init__(self, env, ids):
        self.people = env['stokiva.personnel']._get_of_user()
        orders = env['stokiva.work.order']
        # sudo: as the portal's pages, with the domain of the user's rules and memberships
        self.orders = orders.sudo().search(orders._get_own_job_domain() & Domain('id', 'in', [*ids]))

    def find(self, id_):
        """Return the job if it is his own now, also after what he has just done; else an empty recordset.

        :param int id_: of a work order
        :return: stokiva.work.order record in sudo
        """
        return self.orders.filtered(
            lambda order: order.id == id_ and (order.personnel_id | order.visit_id.assistant_ids) & self.people)
