from lxml import html

from odoo.tests import HttpCase

from .common_orders import WorkOrderCommon

CHANGED = "The order has changed, please look at it again."


class ApprovalPageCommon(WorkOrderCommon, HttpCase):
    """Opens and answers customers' links as a browser without cookies does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.customer.lang = 'en_US'
        cls.service_type_repair.needs_signature = False

    def _pending(self, orders):
        return orders.approval_ids.filtered(lambda item: item.state == 'pending').sorted('id')

    def _path(self, approval):
        return approval._get_path()

    def _get(self, approval_or_path, **params):
        path = approval_or_path if isinstance(approval_or_path, str) else self._path(approval_or_path)
        return self.url_open(path, params=params)

    def _post(self, approval, seen=None, **data):
        """Send the form of the page: hashes of what was seen, and what is typed."""
        seen = approval if seen is None else seen
        return self.url_open(
            self._path(approval), data={**{f'hash_{item.id}': item.shown_hash for item in seen}, **data},
            allow_redirects=False)

    def _text(self, response):
        return ' '.join(html.fromstring(response.content).text_content().split())

    def _assert_unchanged(self, orders, state='awaiting_approval'):
        self.assertEqual(set(orders.mapped('state')), {state})
        self.assertFalse(any(orders.mapped('is_halted')))
        self.assertFalse(orders.event_ids.filtered(lambda item: item.event in ('approve', 'dispute')))

    def _group(self, **values):
        """Two submitted orders of one group."""
        first = self._in_progress(**values)
        second = self._in_progress(**values)
        (first | second).sudo().write({'group_id': first.id})  # sudo: as opening them together does
        for order in first | second:
            self._work(order)
        self._do(first | second, 'submit', self.user_technician_a, 'portal')
        return first, second
