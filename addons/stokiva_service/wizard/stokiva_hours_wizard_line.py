from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from .. import hours


class HoursWizardLine(models.TransientModel):
    _name = 'stokiva.hours.wizard.line'
    _description = "Hours of a Weekday"
    _order = 'weekday, hour_from'

    wizard_id = fields.Many2one('stokiva.hours.wizard', required=True, index=True, ondelete='cascade')
    weekday = fields.Selection(
        [
            ('0', "Monday"),
            ('1', "Tuesday"),
            ('2', "Wednesday"),
            ('3', "Thursday"),
            ('4', "Friday"),
            ('5', "Saturday"),
            ('6', "Sunday"),
        ],
        string="Day", required=True, default='0')
    hour_from = fields.Float("Opens", default=9)
    hour_to = fields.Float("Closes", default=18)
    break_from = fields.Float("Break")
    break_to = fields.Float("Until", help="No break: leave both at 0:00.")

    def _get_week(self):
        """Check the lines and return them by weekday.

        :return: ``{weekday: (spans, breaks)}`` in minutes
        :rtype: dict
        :raise UserError: if there are none, or hours end before they start, overlap or lie outside the day
        """
        if not self:
            raise UserError(self.env._("Enter at least one day with its hours."))
        week = defaultdict(lambda: ([], []))
        for line in self:
            spans, breaks = week[int(line.weekday)]
            spans.append((round(line.hour_from * 60), round(line.hour_to * 60)))
            if line.break_from or line.break_to:
                breaks.append((round(line.break_from * 60), round(line.break_to * 60)))
        names = dict(self._fields['weekday']._description_selection(self.env))
        for weekday, (spans, breaks) in week.items():
            problem = hours.find_problem(spans, breaks)
            if problem:
                raise UserError(self._get_problem_text(problem, names[str(weekday)]))
        return dict(week)

    def _get_problem_text(self, problem, day):
        """Say what is wrong with a day.

        :param str problem: as ``hours.find_problem`` returns it
        :param str day: its name
        """
        return {
            'range': self.env._("%s: hours go from 0:00 to 24:00.", day),
            'order': self.env._("%s: the end must be after the beginning.", day),
            'overlap': self.env._("%s: the hours overlap.", day),
            'break': self.env._("%s: the break must lie within the opening hours.", day),
        }[problem]
