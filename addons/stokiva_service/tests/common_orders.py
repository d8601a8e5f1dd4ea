import ast
import base64
import io
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw

from odoo.fields import Command

from .common import StokivaCommon

ADDONS = Path(__file__).parents[2]


def get_context_keys():
    """Return every context key that our own code reads or sets, and those by which core opens doors."""
    keys = set()
    for path in ADDONS.glob('stokiva_*/**/*.py'):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr == 'with_context':
                    keys |= {word.arg for word in node.keywords if word.arg}
                elif (node.func.attr == 'get' and 'context' in ast.unparse(node.func.value)
                        and node.args and isinstance(node.args[0], ast.Constant)):
                    keys.add(node.args[0].value)
            elif (isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith('context')
                    and isinstance(node.slice, ast.Constant)):
                keys.add(node.slice.value)
    return keys - {'lang', 'tz', 'active_test', 'allowed_company_ids'} | {'install_mode', 'import_file', 'su'}


def photo(colour=(40, 90, 120), size=(64, 48)):
    """A small JPEG as base64 text."""
    out = io.BytesIO()
    Image.new('RGB', size, colour).save(out, 'JPEG')
    return base64.b64encode(out.getvalue()).decode()


def signature():
    """A drawn signature as base64 text."""
    image = Image.new('RGBA', (200, 60), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(10, 50), (60, 10), (110, 50), (190, 15)], fill='black', width=4)
    out = io.BytesIO()
    image.save(out, 'PNG')
    return base64.b64encode(out.getvalue()).decode()


class WorkOrderCommon(StokivaCommon):
    """Helpers that take work orders through their life by the one door."""

    @classmethod
    def _sell(cls, quantity=1, product=None, user=None, confirm=True):
        """Sell to the customer; orders arise and are assigned."""
        sale = cls.env['sale.order'].with_user(user or cls.env.user).create({
            'partner_id': cls.customer.id,
            'order_line': [Command.create({
                'product_id': (product or cls.product).id, 'product_uom_qty': quantity})],
        })
        if confirm:
            sale.action_confirm()
        return sale

    @classmethod
    def _open_order(cls, **values):
        """Open one order by hand, as the call centre does."""
        device = cls.env['stokiva.device'].create({
            'product_id': cls.product.id, 'partner_id': cls.customer.id, 'company_id': cls.company.id})
        return cls.env['stokiva.work.order'].with_user(cls.user_call_centre).create({
            'partner_id': cls.customer.id, 'device_id': device.id,
            'service_type_id': cls.service_type_repair.id, **values}).with_env(cls.env)

    @contextmanager
    def refused(self, error, regex):
        """Expect an error that says so, and take back what was done before it."""
        with self.assertRaisesRegex(error, regex), self.cr.savepoint():
            yield

    def _do(self, orders, event, actor=None, channel='office', **given):
        """One event, by a manager unless somebody else is named."""
        return orders._apply_event(event, given, actor=actor or self.user_manager, channel=channel)

    def _open_dialog(self, orders, event, user=None, **values):
        """What the button does: the dialog, filled in."""
        action = orders.with_user(user or self.user_dispatcher).with_context(stokiva_event=event).action_event()
        wizard = self.env[action['res_model']].with_user(user or self.user_dispatcher).browse(action['res_id'])
        wizard.write(values)
        return wizard

    def _confirm(self, orders, event, user=None, **values):
        """The dialog, filled in and confirmed."""
        return self._open_dialog(orders, event, user, **values).action_confirm()

    def _accepted(self, **values):
        """An order that Alfa accepted and gave to its technician."""
        order = self._open_order(**values)
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(order, 'accept', self.user_provider_a, 'portal')
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id)
        return order

    def _in_progress(self, **values):
        """An order on which Alfa's technician works."""
        order = self._accepted(**values)
        self._do(order, 'depart', self.user_technician_a, 'portal')
        self._do(order, 'start', self.user_technician_a, 'portal')
        return order

    def _submitted(self, **values):
        """An order that waits for the customer's answer."""
        order = self._in_progress(**values)
        self._work(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        return order

    def _work(self, order):
        """Photos, a part and a workmanship, as the technician adds them."""
        order._edit({
            'media_ids': [Command.create({'kind': kind, 'image': photo()}) for kind in ('before', 'after')],
            'part_line_ids': [Command.create({'product_id': self.part_product.id})],
            'labour_line_ids': [Command.create({'workmanship_id': self.workmanship.id})],
        }, actor=self.user_technician_a, channel='portal')

    def _answer(self, order, event='approve', **given):
        """The customer's answer to what waits."""
        approval = order.approval_ids.filtered(lambda item: item.state == 'pending')
        return order._apply_event(
            event, {'approval_id': approval.id, **given}, actor=self.customer, channel='link')
