from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, formatLang

from .. import checks


class ClaimWords(models.AbstractModel):
    """What the checks found, in the reader's language: a method per kind, so that another addon can add its own."""
    _name = 'stokiva.claim.words'
    _description = "Words of the Checks"

    @api.model
    def _describe(self, kind, finding):
        """Return a finding as a sentence.

        :param str kind: key of a check
        :param dict finding: as the check gave it
        :rtype: str
        """
        return getattr(self, f'_describe_{kind}')(finding)

    def _format_day(self, text):
        return format_date(self.env, fields.Date.to_date(text[:10]))

    def _format_moment(self, text):
        return format_datetime(self.env, fields.Datetime.to_datetime(text[:19]))

    def _format_number(self, value, digits=1):
        return formatLang(self.env, value, digits=digits)

    def _describe_missing_photos(self, finding):
        texts = {
            'before': self.env._("%(found)s of %(wanted)s photos before the work", **self._counts(finding)),
            'after': self.env._("%(found)s of %(wanted)s photos after the work", **self._counts(finding)),
            'total': self.env._("%(found)s photos, %(wanted)s are wanted", **self._counts(finding)),
        }
        return texts[finding['photos']]

    def _counts(self, finding):
        return {'found': finding['found'], 'wanted': finding['wanted']}

    def _describe_same_photo(self, finding):
        if not finding['bits']:
            return self.env._(
                "Photo %(photo)s is photo %(old)s of %(order)s", photo=finding['media_id'], old=finding['old_media_id'],
                order=finding['old_order'])
        return self.env._(
            "Photo %(photo)s shows the same as photo %(old)s of %(order)s (%(bits)s of 256 bits differ)",
            photo=finding['media_id'], old=finding['old_media_id'], order=finding['old_order'], bits=finding['bits'])

    def _describe_photo_facts(self, finding):
        if 'km' in finding:
            return self.env._(
                "Photo %(photo)s was taken %(km)s km from the address", photo=finding['media_id'],
                km=self._format_number(finding['km'], 2))
        return self.env._(
            "Photo %(photo)s was taken on %(taken)s, %(hours)s hours before the job began", photo=finding['media_id'],
            taken=self._format_moment(finding['taken_at']), hours=self._format_number(finding['hours']))

    def _describe_check_in(self, finding):
        return self.env._(
            "Work began %(km)s km from the address, on %(moment)s", km=self._format_number(finding['km'], 2),
            moment=self._format_moment(finding['arrived_at']))

    def _describe_travel(self, finding):
        if not finding['speed_kmh']:
            return self.env._(
                "At the same time at %(order)s, %(km)s km away", order=finding['old_order'],
                km=self._format_number(finding['km']))
        return self.env._(
            "%(km)s km from %(order)s in %(minutes)s minutes: %(speed)s km/h", km=self._format_number(finding['km']),
            order=finding['old_order'], minutes=finding['minutes'], speed=finding['speed_kmh'])

    def _describe_repeat(self, finding):
        return self.env._(
            "%(days)s days after %(order)s for the same fault: %(fault)s", days=finding['days'], order=finding['old_order'],
            fault=finding['fault'])

    def _describe_parts(self, finding):
        if finding['lacks'] == 'move':
            return self.env._("%s left no stock", finding['part'])
        return self.env._(
            "%(part)s: the defective part was due back on %(due)s, %(days)s days ago", part=finding['part'],
            due=self._format_day(finding['due']), days=finding['days'])

    def _describe_amount(self, finding):
        if finding['why'] == 'by_hand':
            return self.env._(
                "%(by_hand)s added by hand to %(by_rates)s by the rates, more than %(percent)s %%",
                by_hand=self._format_number(finding['by_hand'], 2), by_rates=self._format_number(finding['by_rates'], 2),
                percent=self._format_number(finding['percent'], 0))
        return self.env._(
            "%(earned)s, where the median of %(peers)s alike is %(median)s: %(factor)s deviations above it",
            earned=self._format_number(finding['earned'], 2), peers=finding['peers'],
            median=self._format_number(finding['median'], 2), factor=self._format_number(finding['factor']))

    def _describe_warranty(self, finding):
        return self.env._(
            "“%(name)s” as warranty, which had ended on %(until)s, %(days)s days before the fault was reported",
            name=finding['name'], until=self._format_day(finding['until']), days=finding['days'])

    def _describe_closed_day(self, finding):
        return self.env._("Work on %s, when the provider is closed", self._format_day(finding['day']))

    def _describe_serial(self, finding):
        if finding['km'] is None:
            return self.env._(
                "%(serial)s was at another address with %(order)s", serial=finding['serial'], order=finding['old_order'])
        return self.env._(
            "%(serial)s was %(km)s km away with %(order)s", serial=finding['serial'], order=finding['old_order'],
            km=self._format_number(finding['km']))

    def _describe_approval(self, finding):
        return self.env._(
            "%(spoken)s of %(number)s approvals in the %(days)s days around by call or document: %(percent)s %%, where "
            "%(usual)s %% is usual", spoken=finding['spoken'], number=finding['number'], days=finding['days'],
            percent=finding['percent'], usual=finding['usual_percent'])

    def _get_reason(self, kinds):
        """Return why a settlement is on hold.

        :param list kinds: keys of checks
        :rtype: str
        """
        labels = dict(self.env['stokiva.claim.rule']._fields['kind']._description_selection(self.env))
        return ", ".join(labels[kind] for kind in checks.KINDS if kind in kinds)
