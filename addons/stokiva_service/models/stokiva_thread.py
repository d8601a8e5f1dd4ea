from odoo import models


class Thread(models.AbstractModel):
    """Notes on what often arises where no person is at work: by a cron, or by a customer's link."""
    _name = 'stokiva.thread'
    _inherit = 'mail.thread'
    _description = "Notes in the Company's Language"

    def _creation_message(self):
        """Say in the company's language that the record was made: who made it may have none.

        :rtype: str
        """
        return super(Thread, self.with_context(lang=self.company_id.partner_id.lang))._creation_message()
