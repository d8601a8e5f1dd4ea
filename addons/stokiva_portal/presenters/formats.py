"""How moments, spans and money read on the pages."""
from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_datetime, formatLang

from odoo.addons.stokiva_service import figures

DEFAULT_TZ = 'Europe/Istanbul'
INPUT_FORMAT = '%Y-%m-%dT%H:%M'


class Formats:
    """Texts for one reader: his language from ``env``, the zone of the place.

    :param env: environment with the reader's language
    :param str tz: name of the zone, e.g. of the provider
    """

    def __init__(self, env, tz=None):
        self.env = env
        self.tz = tz if tz in pytz.all_timezones_set else DEFAULT_TZ
        self.zone = pytz.timezone(self.tz)
        self.now = fields.Datetime.now()

    def get_day_bounds(self, days=0):
        """Return the naive UTC begin and end of today.

        :param int days: so many days from today instead
        :rtype: tuple
        """
        today = self._to_local(self.now).date() + timedelta(days=days)
        return self.day_start(today), self.day_start(today + timedelta(days=1))

    def get_date(self, moment):
        """Return the local day of a moment."""
        return self._to_local(moment).date()

    def hour(self, moment):
        """Return ``09:00``."""
        return self._format(moment, 'HH:mm')

    def day(self, moment, is_short=False):
        """Return ``Today``, ``Tomorrow``, ``Yesterday`` or the day with its name."""
        distance = (self._to_local(moment).date() - self._to_local(self.now).date()).days
        near = {0: self.env._("Today"), 1: self.env._("Tomorrow"), -1: self.env._("Yesterday")}
        return near.get(distance) or (
            self._format(moment, self.env._("EEE d MMM")) if is_short else self.day_name(moment))

    def day_name(self, moment):
        """Return ``Tuesday 24 November``."""
        # The pattern is one of CLDR: name, day and month in the order of the language.
        return self._format(moment, self.env._("EEEE d MMMM"))

    def weekday(self, date):
        """Return the short name of a day, ``Tue``."""
        return self._format(self.day_start(date), 'EEE')

    def moment(self, moment):
        """Return the time of something past: the hour if it was today, else with the day."""
        if not moment:
            return ""
        if self._to_local(moment).date() == self._to_local(self.now).date():
            return self.hour(moment)
        return self._format(moment, self.env._("d MMM HH:mm"))

    def cell(self, moment):
        """Return ``2026-11-24 09:00``, which programs understand, or an empty text."""
        return self._to_local(moment).strftime('%Y-%m-%d %H:%M') if moment else ""

    def date(self, date):
        """Return a day in short, ``14.03.2027``."""
        return date.strftime('%d.%m.%Y') if date else ""

    def window(self, start, end):
        """Return ``Today 09:00–11:00``, or that there is no time yet."""
        if not start:
            return self.env._("Time not agreed yet")
        if not end or self._to_local(start).date() == self._to_local(end).date():
            return f"{self.day(start)} {self.hours(start, end)}"
        return f"{self.day(start)} {self.hour(start)} – {self.day(end)} {self.hour(end)}"

    def hours(self, start, end):
        """Return ``09:00–11:00``."""
        return "–".join(self.hour(moment) for moment in (start, end) if moment)

    def span(self, minutes):
        """Return a number of minutes in words, ``1 h 52 min``."""
        minutes = max(int(minutes), 0)
        if minutes < 60:
            return self.env._("%s min", minutes)
        if minutes < 24 * 60:
            hours, rest = divmod(minutes, 60)
            if rest:
                return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)
            return self.env._("%s h", hours)
        return self.env._("%s days", minutes // (24 * 60)) if minutes >= 48 * 60 else self.env._("1 day")

    def left(self, moment):
        """Return how long it is until a moment, ``17 min left``."""
        minutes = (moment - self.now).total_seconds() / 60
        return self.env._("%s left", self.span(minutes)) if minutes > 0 else self.env._("Time is up")

    def late(self, moment):
        """Return how late it is, ``40 min late``."""
        return self.env._("%s late", self.span((self.now - moment).total_seconds() / 60))

    def money(self, amount, currency):
        """Return an amount with its currency."""
        return formatLang(self.env, amount, currency_obj=currency)

    def amount(self, amount, currency):
        """Return an amount as figures only, where the currency is plain."""
        return formatLang(self.env, amount, digits=currency.decimal_places)

    def number(self, value):
        """Return a quantity without superfluous zeros."""
        return figures.spell(self.env, value)

    def to_input(self, moment):
        """Return the value of an input of type ``datetime-local``."""
        return self._to_local(moment).strftime(INPUT_FORMAT) if moment else ""

    def from_input(self, text):
        """Return the server's text in UTC of what an input of type ``datetime-local`` sent.

        :raise UserError: if it is not a date and time
        """
        try:
            local = datetime.strptime(text[:16], INPUT_FORMAT)
        except ValueError as error:
            raise UserError(self.env._("“%s” is not a date and time.", text)) from error
        return fields.Datetime.to_string(self.zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None))

    def local_date(self, moment, is_end=False):
        """Return the day of a moment at the place.

        :param bool is_end: the moment ends something: midnight belongs to the day before
        :rtype: datetime.date
        """
        return self._to_local(moment - timedelta(seconds=1) if is_end else moment).date()

    def day_start(self, date):
        """Return the naive UTC moment at which a day begins at the place."""
        return self.zone.localize(datetime.combine(date, time.min)).astimezone(pytz.utc).replace(tzinfo=None)

    def _to_local(self, moment):
        return pytz.utc.localize(moment).astimezone(self.zone)

    def _format(self, moment, pattern):
        return format_datetime(self.env, moment, tz=self.tz, dt_format=pattern) if moment else ""
