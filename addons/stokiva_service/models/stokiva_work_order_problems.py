from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

PROBLEMS = {
    'unknown': _lt("There is no such step: %(detail)s."),
    'state': _lt("%(order)s is in the state “%(state)s”: this step is not possible now."),
    'missing': _lt("This is missing: %(detail)s."),
    'not_started': _lt("Work on %(order)s has begun. Return it and open a follow-up order instead."),
    'accepted_first': _lt("Accept the offer first."),
    'own_technician': _lt("Technician and assistants must be the provider's own people."),
    'may_reassign': _lt("Your company may not change the technician. Please call the office."),
    'may_close': _lt("Your company may not close orders. Please call the office."),
    'has_technician': _lt("%(order)s has no technician yet. Choose one first."),
    'here_or_in_workshop': _lt("The technician has not set out yet. Depart first."),
    'known_outcome': _lt("Say how the visit ended."),
    'taken_in': _lt("Take in the device of %(order)s first: what came with it, and in which condition."),
    'known_holder': _lt("A device goes to the technician or to the workshop."),
    'other_holder': _lt("Say where the device of %(order)s goes: to the technician or to the workshop."),
    'paused': _lt("The clock of %(order)s is not stopped."),
    'not_paused': _lt("The clock of %(order)s is stopped already."),
    'with_customer': _lt("The device of %(order)s has been taken in. Hand it back first."),
    'not_with_customer': _lt("The device of %(order)s is with the customer."),
    'no_open_quote': _lt("The customer has not answered the quote of %(order)s yet."),
    'evidence': _lt("%(order)s cannot be submitted yet. Missing: %(evidence)s."),
    'in_warranty': _lt("No warranty covers the work on %(order)s: the customer pays anyway."),
    'warranty_refused': _lt("The warranty of %(order)s was not refused."),
    'fault_photo': _lt("First add a photo of the kind “Fault” that shows why the warranty is refused."),
    'within_quote': _lt(
        "%(order)s charges %(charged)s, but the customer accepted %(agreed)s. Send a quote for all of it first."),
    'something_charged': _lt("Nothing is charged on %(order)s."),
    'not_charged': _lt("%(order)s has its sale for the invoice already."),
    'pending_approval': _lt("This request was answered or replaced already."),
    'words_for_work': _lt("Please say in a few words what is wrong."),
    'words_of_office': _lt("Note whom you spoke with and what was said."),
    'asked': _lt("The customer of %(order)s is not asked anything now."),
    'known_call_outcome': _lt("Say how the call ended."),
    'halted': _lt("%(order)s is not disputed."),
    'customer_may_cancel': _lt("The technician is on the way. Please call us to cancel."),
    'may_edit_submitted': _lt("%(order)s is with the customer for approval. Only the office can change it now."),
}


class WorkOrder(models.Model):
    """Why an event is not possible, in the user's language."""
    _inherit = 'stokiva.work.order'

    def _raise_problem(self, event, problem, facts):
        """Raise what ``workflow.problem_of`` found, in the user's language."""
        if not problem:
            return
        code, detail = problem
        if code == 'role':
            raise AccessError(self.env._("You are not allowed to do this with %(order)s.", order=self.name))
        labels = dict(self._fields['state']._description_selection(self.env))
        text = self.env._(PROBLEMS[code])  # pylint: disable=gettext-variable
        raise (AccessError if code in ('may_close', 'may_reassign') else UserError)(text % {
            'order': self.name, 'state': labels.get(facts['state'], ""), 'detail': detail,
            'evidence': ", ".join(facts['missing_evidence']),
            'charged': self.currency_id.format(self.amount_charged),
            'agreed': self.currency_id.format(self.amount_agreed)})
