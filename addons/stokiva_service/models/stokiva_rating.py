from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What people in the office write themselves; all else comes from the customer or by the methods below.
OFFICE_FIELDS = frozenset({
    'reply', 'activity_ids', 'message_ids', 'message_follower_ids', 'message_partner_ids', 'message_main_attachment_id'})


class Rating(models.Model):
    """The customer's opinion of a completed order, one for each: stars, words, and the manager's reply.

    Odoo's own ratings are no home for it: every internal user may write them, and their links never end. What was
    said with the approval stays there as evidence, and begins a rating that the customer may change for some days.
    """
    _name = 'stokiva.rating'
    _inherit = ['stokiva.thread', 'mail.activity.mixin', 'stokiva.secret.link']
    _description = "Rating"
    _order = 'rated_at desc, id desc'
    _check_company_auto = True
    _mail_post_access = 'read'
    _token_purpose = 'rating'
    _link_path = '/o/r/'

    work_order_id = fields.Many2one('stokiva.work.order', required=True, readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one(related='work_order_id.company_id', store=True, precompute=True, index=True)
    partner_id = fields.Many2one(related='work_order_id.partner_id', string="Customer")
    provider_id = fields.Many2one(
        related='work_order_id.provider_id', store=True, precompute=True, index='btree_not_null')
    personnel_id = fields.Many2one(
        related='work_order_id.personnel_id', string="Technician", store=True, precompute=True, index='btree_not_null')
    service_type_id = fields.Many2one(related='work_order_id.service_type_id', store=True, precompute=True)
    device_type_id = fields.Many2one(related='work_order_id.device_type_id', store=True, precompute=True)
    completed_at = fields.Datetime(related='work_order_id.completed_at', store=True, precompute=True)

    stars = fields.Integer(readonly=True, aggregator='avg', help="1 to 5; 0 while the customer has given none.")
    stars_text = fields.Char("Satisfaction", compute='_compute_stars_text')
    comment = fields.Text("Customer's words", readonly=True)
    source = fields.Selection(
        [('approval', "With the approval"), ('link', "Link"), ('portal', "Portal")], "Given by", readonly=True)
    asked_at = fields.Datetime("Asked on", readonly=True)
    rated_at = fields.Datetime("Rated on", readonly=True, help="The first time; it can be changed for some days.")
    expires_at = fields.Datetime("Can Be Changed until", readonly=True)

    reply = fields.Text("Our Reply", tracking=True, help="The customer is told of it once, and sees it with his rating.")
    replied_at = fields.Datetime("Replied on", readonly=True)
    replied_by_id = fields.Many2one('res.users', "Replied by", readonly=True)
    is_hidden = fields.Boolean("Hidden", readonly=True, tracking=True, help="Does not count, and nobody is shown it.")
    hidden_reason = fields.Char("Why Hidden", readonly=True, tracking=True)
    is_alerted = fields.Boolean(readonly=True, help="The responsible was told of few stars once.")

    _work_order_uniq = models.UniqueIndex('(work_order_id)', "This order has its rating already.")
    _order_idx = models.Index('(rated_at, id)')
    _changed_idx = models.Index('(write_date)')
    _stars_range = models.Constraint('CHECK(stars BETWEEN 0 AND 5)', "Stars go from 1 to 5.")

    @api.depends('work_order_id.name', 'stars')
    def _compute_display_name(self):
        for rating in self:
            rating.display_name = " ".join(filter(None, [rating.work_order_id.name, rating.stars and "★" * rating.stars]))

    @api.depends('stars')
    def _compute_stars_text(self):
        for rating in self:
            rating.stars_text = "★" * rating.stars + "☆" * (5 - rating.stars) if rating.stars else False

    def write(self, vals):
        """Write ratings; people write the reply only.

        :raise AccessError: on anything that is the customer's or the moderation's
        :raise UserError: on a reply to a customer who has said nothing
        """
        if not self.env.su and vals.keys() - OFFICE_FIELDS:
            raise AccessError(self.env._("What the customer said is not changed. Reply to it, or hide it."))
        if 'reply' in vals and not self.env.su:
            if any(not rating.stars for rating in self):
                raise UserError(self.env._("The customer has not rated yet."))
            self.sudo().write({  # sudo: who replied and when is not typed
                'replied_at': fields.Datetime.now() if vals['reply'] else False,
                'replied_by_id': self.env.uid if vals['reply'] else False})
        res = super().write(vals)
        if vals.get('reply') and not self.env.su:
            self.env['stokiva.message']._tell(self.work_order_id, 'rating_reply', 'replied')
        return res

    # === MODERATION === #

    def action_hide(self):
        """Ask why the ratings are hidden.

        :return: window action of the dialog
        """
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Hide"), 'res_model': 'stokiva.rating.hide',
            'view_mode': 'form', 'target': 'new', 'context': {'default_rating_ids': self.ids}}

    def action_show(self):
        """Let hidden ratings count again."""
        self._moderate({'is_hidden': False, 'hidden_reason': False})

    def _moderate(self, values):
        """Hide ratings or show them again; the log of each says who and why.

        :param dict values: ``is_hidden`` and ``hidden_reason``
        :raise AccessError: for anybody but a manager
        """
        self.check_access('write')
        self.sudo().write(values)  # sudo: after the check; people write the reply only

    def action_view_order(self):
        """Open the order.

        :return: window action
        """
        self.ensure_one()
        return self.work_order_id.get_formview_action()
