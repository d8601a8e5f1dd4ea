from odoo.tools import SQL

from odoo.addons.stokiva_service.tests.common_parts import PartsCommon
from odoo.addons.stokiva_settlement.tests.common import SettlementCommon

from .common import PortalCommon

# Told to nobody but the customer, the office, and the provider while the job is open and its own.
CUSTOMER_WORDS = ("Ayşe Yılmaz", "532 123 45 67", '905321234567', 'ayse@example.com', "Bahariye", "call my mother")
OFFICE_WORDS = ("pays late", "auditor@example.com")
# Rows that come with each request, whatever it asks for; what a technician's phone asked in vain is listed.
BOOKKEEPING = {
    'stokiva_throttle', 'stokiva_field_device', 'stokiva_field_op', 'res_device_log', 'res_users_log'}


class SafetyCommon(SettlementCommon, PartsCommon, PortalCommon):
    """What there is to be stolen: orders in every state of one customer with one provider, and all that hangs on them.

    :cvar dict actors: users by what they are to all this
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.stokiva_auditor_email = 'auditor@example.com'
        cls.customer.comment = "pays late"
        cls.other_customer = cls.user_other_customer.partner_id
        case = cls('_submitted')
        values = {'symptom_note': "Please call my mother first", 'internal_note': "pays late"}
        cls.offered, cls.order, cls.submitted, cls.completed = (
            cls._open_order(**values), case._in_progress(**values), case._submitted(**values), case._completed(**values))
        case._do(cls.offered, 'assign', provider_id=cls.provider_a.id)
        cls.asked = cls.submitted.approval_ids
        cls.used = cls.completed.approval_ids
        cls.photo = cls.submitted.media_ids[0]
        cls.completed.settlement_ids.with_user(cls.user_settlement).action_approve()
        cls.statement = cls.completed.settlement_ids.with_user(cls.user_settlement)._create_statements().sudo(False).with_env(cls.env)
        cls.statement.action_send()
        cls.sale = cls._sell()
        cls._stock(cls.warehouse.lot_stock_id, cls.pump, 2)
        cls.picking = cls.provider_a._request_parts(cls.company, {cls.pump: 2}, confirm=True)
        cls.message = cls.order.message_post(
            body="Please call my mother first", author_id=cls.customer.id, message_type='comment',
            subtype_xmlid='mail.mt_comment')
        cls.actors = {
            'leader': cls.user_provider_a, 'technician': cls.user_technician_a, 'colleague': cls.user_second_technician_a,
            'competitor': cls.user_provider_b, 'customer': cls.user_customer, 'neighbour': cls.user_other_customer}
        cls.env.flush_all()

    @classmethod
    def _get_tables(cls):
        """Return the tables of ours and those of Odoo's that our pages could reach."""
        cores = (
            'res.partner', 'res.users', 'res.company', 'sale.order', 'sale.order.line', 'account.move', 'account.move.line',
            'stock.picking', 'stock.move', 'stock.quant', 'product.template', 'product.product', 'mail.message',
            'mail.activity', 'mail.followers', 'mail.mail', 'rating.rating')
        return sorted({
            model._table for name, model in cls.env.registry.items()
            if (name.startswith('stokiva.') and not model._transient or name in cores)
            and not model._abstract and model._auto and model._table not in BOOKKEEPING})

    def _get_fingerprint(self):
        """Return what differs when any row of any of these tables does.

        :return: ``{table: text}``
        """
        self.env.flush_all()
        return dict(self.env.execute_query(SQL(' UNION ALL ').join(
            SQL("SELECT %s, count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM %s t",
                table, SQL.identifier(table))
            for table in self._get_tables())))

    def _assert_unchanged(self, before, by):
        after = self._get_fingerprint()
        self.assertFalse([table for table in before if before[table] != after[table]], f"changed by {by}")
