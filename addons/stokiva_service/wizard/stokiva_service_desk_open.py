from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ServiceDesk(models.TransientModel):
    """Opening the order: nothing is made before everything is right."""
    _inherit = 'stokiva.service.desk'

    continue_reason = fields.Char("Why Another Order")
    work_order_id = fields.Many2one('stokiva.work.order', readonly=True, copy=False)
    result = fields.Char(readonly=True, copy=False)

    def action_open_and_assign(self):
        """Make what is new, open the order and offer it to the best provider.

        :raise UserError: telling what is missing or wrong; nothing is made then
        """
        order = self._open_order()
        assigned = order._assign_automatically(actor=self.env.user, channel=self.channel)
        self.result = order._get_assigned_message(assigned)

    def action_open_only(self):
        """Make what is new and open the order; a dispatcher assigns it later.

        :raise UserError: telling what is missing or wrong; nothing is made then
        """
        self._open_order()

    def action_next(self):
        """Begin with the next call.

        :return: window action
        """
        return self.env['ir.actions.act_window']._for_xml_id('stokiva_service.service_desk_action')

    def action_view_open_order(self):
        """Open the order that the device has already.

        :return: window action
        """
        return self.open_order_id.get_formview_action()

    def action_view_work_order(self):
        """Open the order just made.

        :return: window action
        """
        return self.work_order_id.get_formview_action()

    def _open_order(self):
        """Open the order through the door in the user's name.

        :return: stokiva.work.order record
        """
        self.ensure_one()
        self._check_ready()
        orders = self.env['stokiva.work.order']
        orders.check_access('create')
        partner = self._get_customer()
        device = self.device_id or self._create_device(partner)
        order = orders.sudo().create(  # sudo: created before it is opened; rights and records were checked above
            self._prepare_order_values(partner, device)).with_env(self.env)
        order._check_fits_device(self.symptom_ids.device_type_id)
        given = {'continues': self.open_order_id.name, 'reason': self.continue_reason} if self.open_order_id else {}
        order._apply_event('open', given, actor=self.env.user, channel=self.channel)
        self.work_order_id = order
        return order

    def _check_ready(self):
        """Raise if something is missing or does not fit together.

        :raise UserError: naming all that is missing
        """
        if self.work_order_id:
            raise UserError(self.env._("%s is open already. Begin with the next call.", self.work_order_id.name))
        records = (self.partner_id, self.device_id, self.product_id, self.new_device_type_id, self.service_type_id)
        for record in records:
            record.check_access('read')
            if record and not record.active:
                raise UserError(self.env._("“%s” is archived. Choose another one.", record.display_name))
        missing = self._get_missing()
        if missing:
            raise UserError(self.env._("This is missing: %s.", ", ".join(missing)))
        if self.device_id and self.device_id.state == 'returned':
            raise UserError(self.env._("%s is out of service.", self.device_id.display_name))
        if self.window_start and self.window_end and self.window_end < fields.Datetime.now():
            raise UserError(self.env._("The wished time is over. Choose a later one."))

    def _get_missing(self):
        """Return what has still to be filled in, as translated texts."""
        texts = []
        is_new = not self.partner_id
        for lacks, text in (
            (is_new and not (self.name or "").strip(), self.env._("the customer's name")),
            (is_new and not self.has_no_phone and not (self.phone or "").strip(),
             self.env._("the phone number, or a tick at “Has no phone”")),
            (not self.device_id and not self.product_id and not self.new_device_type_id,
             self.env._("the device: its model or at least its kind")),
            (not self.service_type_id, self.env._("the type of service")),
            (bool(self.window_start) != bool(self.window_end), self.env._("beginning and end of the wished time")),
            (self.open_order_id and not (self.continue_reason or "").strip(),
             self.env._("why another order is opened for the same device")),
        ):
            if lacks:
                texts.append(text)
        return texts

    def _get_customer(self):
        """Return the customer, made now if he is new; a number told for a known one without is kept.

        :return: res.partner record
        """
        phone = self._get_phone() if (self.phone or "").strip() and not self.has_no_phone else False
        if not self.partner_id:
            return self.env['res.partner'].create(self._prepare_customer_values(phone))
        if phone and not self.partner_id.phone:
            self.partner_id.phone = phone
        return self.partner_id

    def _prepare_customer_values(self, phone):
        """Return the values of a new customer; to be extended.

        :param phone: E.164, or False
        :rtype: dict
        """
        city = self.city_id
        return {
            'name': self.name.strip(),
            'phone': phone,
            'street': (self.street or "").strip() or False,
            'city_id': city.id,
            'city': city.name,
            'zip': city.zipcode,
            'state_id': city.state_id.id,
            'country_id': (city.country_id or self.company_id.country_id).id,
            'lang': self.company_id.partner_id.lang or self.env.lang,
            'company_id': False,
        }

    def _create_device(self, partner):
        """Return the customer's new device.

        :param partner: res.partner record
        """
        return self.env['stokiva.device'].create({
            'partner_id': partner.id,
            'company_id': self.company_id.id,
            'product_id': self.product_id.id,
            'device_type_id': self.new_device_type_id.id,
            'serial': self.serial,
            'date_sold': self.date_sold,
        })

    def _prepare_order_values(self, partner, device):
        """Return the values of the order; to be extended.

        :param partner: res.partner record
        :param device: stokiva.device record
        :rtype: dict
        """
        return {
            'company_id': self.company_id.id,
            'partner_id': partner.id,
            'device_id': device.id,
            'service_type_id': self.service_type_id.id,
            'symptom_ids': [Command.set(self.symptom_ids.ids)],
            'symptom_note': (self.note or "").strip() or False,
            'priority': self.priority,
            'window_start': self.window_start,
            'window_end': self.window_end,
            'user_id': self.env.uid,
        }
