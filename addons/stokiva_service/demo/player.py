"""Plays a story of the demo company on its orders: every step through the one door."""
import random
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .. import workflow
from . import pictures

UTC_OFFSET = timedelta(hours=3)  # all places of the story lie in one zone
# Minutes that usually pass before a step.
GAPS = {
    'assign': 1, 'reject': 18, 'expire': 185, 'reassign': 40, 'accept': 20, 'plan': 10, 'depart': 1440,
    'start': 30, 'refuse': 12, 'pay': 9, 'quote': 25, 'agree': 40, 'decline': 60, 'work': 35, 'take_in': 15,
    'move': 45, 'hand_back': 1300, 'submit': 6,
    'suspend': 10, 'pause': 15, 'approve': 80, 'dispute': 140, 'rework': 1200, 'resolve': 170,
    'cancel': 95, 'return': 30,
}
VISITOR = {'ip': '198.51.100.24', 'user_agent': 'Mozilla/5.0 (Linux; Android 14) Mobile'}


def schedule(story, now, luck):
    """Return when each step of a story happened.

    :param Story story: its steps, and when it takes place
    :param datetime now: naive UTC; no step is later
    :param random.Random luck: gives the odd minutes
    :return: naive UTC datetimes, one per step, ascending
    :rtype: list
    """
    names = [step.partition(':')[0] for step in story.steps]
    moments, moment = [], now
    for index, name in enumerate(names):
        gap = GAPS.get(name, 0) if index else 0
        moment += timedelta(minutes=gap + luck.randint(0, min(gap // 6, 20)))
        moments.append(moment)
    trip = len(names) - 1 - names[::-1].index('depart') if 'depart' in names else None
    if story.days:
        there = (now + UTC_OFFSET).replace(hour=story.hour, minute=luck.randint(0, 25), second=0)
        shift = there - timedelta(days=story.days) - UTC_OFFSET - moments[-1 if trip is None else trip]
    else:
        shift = now - timedelta(minutes=story.minutes) - moments[-1]
    moments = [(moment + shift).replace(microsecond=0) for moment in moments]
    # What is not happening just now happened by day.
    asleep = trip if trip is not None else len(moments) if story.minutes > 60 else 0
    for index in reversed(range(asleep)):
        moments[index] = min(_by_day(moments[index]), *moments[index + 1:index + 2], now)
    return moments


def _by_day(moment):
    """Return a moment that is not at night: the same, or some hours earlier."""
    hour = (moment + UTC_OFFSET).hour
    return moment - timedelta(hours=12 if hour < 8 else 6 if hour >= 20 else 0)


class Player:
    """Plays one story.

    :param env: environment of the superuser
    :param Story story: what happens
    :param orders: stokiva.work.order records, not opened yet unless ``story.steps`` begins later
    :param list moments: as ``schedule`` returns them
    :param str opener: end of the demo user who opens the orders
    """

    def __init__(self, env, story, orders, moments, opener='call_centre'):
        self.env = env
        self.story = story
        self.orders = orders
        self.moments = moments
        self.moment = None
        self.opener = self._ref(f'user_{opener}')
        self.office = self._ref('user_dispatcher')
        self.luck = random.Random(f'{story.devices} {story.buyer} {story.steps}')

    def play(self):
        """Play all steps in order."""
        for step, moment in zip(self.story.steps, self.moments, strict=True):
            self.moment = moment
            name, _colon, argument = step.partition(':')
            getattr(self, f'_play_{name}')(argument)

    # === HELPERS === #

    def _ref(self, name):
        return self.env.ref(f'stokiva_service.demo_{name}', raise_if_not_found=False)

    def _cause(self, event, given=None, *, actor, channel, orders=None):
        """Cause an event on those orders on which it is legal in their state."""
        orders = orders or self.orders.filtered(lambda order: order.state in workflow.TABLE[event].sources)
        orders._apply_event(event, given, actor=actor, channel=channel, occurred=self.moment)

    def _get_provider_actor(self):
        return self.orders.provider_id._get_dispatchers()[:1]

    def _get_technician(self):
        return self.orders.personnel_id[:1]

    def _answer(self, event, kind, given, *, actor, channel, orders=None):
        """Answer the waiting requests of a kind."""
        requests = (orders or self.orders).approval_ids.filtered(
            lambda request: request.kind == kind and request.state == 'pending').sorted('id')
        for request in requests:
            self._cause(
                event, dict(given, approval_id=request.id, shown_hash=request.shown_hash),
                actor=actor, channel=channel, orders=request.work_order_id)

    def _get_customer_answer(self, channel):
        """Return who answers for the customer over a channel, and what comes with the answer."""
        customer = self.orders.partner_id[:1]
        if channel == 'call':
            return self._ref('user_call_centre'), {'name': customer.name, 'comment': "Telefonda görüşüldü, memnun."}
        if channel == 'sms':
            return customer, {'name': customer.name}
        return customer, dict(VISITOR, name=customer.name, signature=pictures.signature(customer.name))

    # === STEPS: THE OFFICE === #

    def _play_open(self, _argument):
        channel = 'sale' if self.orders.sale_line_id else 'office'
        self._cause('open', actor=self.opener, channel=channel, orders=self.orders)

    def _play_assign(self, provider):
        if provider:
            self._cause(
                'assign', {'provider_id': self._ref(f'provider_{provider}').id},
                actor=self.office, channel='office')
        else:
            self.orders._assign_automatically(occurred=self.moment)
            # What is left to a dispatcher, he gives to the first of the ranking.
            self.orders._assign_automatically(actor=self.office, channel='office', occurred=self.moment)

    def _play_reassign(self, provider):
        given = {'provider_id': self._ref(f'provider_{provider}').id, 'reason': "Müşteri daha erken istiyor"}
        self._cause('reassign', given, actor=self.office, channel='office')

    def _play_expire(self, _argument):
        self._cause('expire', actor=None, channel='cron')

    def _play_pause(self, reason):
        self._cause('pause', {'reason': reason}, actor=self._get_provider_actor(), channel='portal')

    def _play_resolve(self, _argument):
        self._cause(
            'resolve', {'reason': "Fotoğraflardan yapıldığı görülüyor, müşteriyle konuşuldu"},
            actor=self.office, channel='office', orders=self.orders.filtered('is_halted'))

    def _play_cancel(self, reason):
        self._cause('cancel', {'reason': reason}, actor=self._ref('user_call_centre'), channel='call')

    def _play_return(self, reason):
        self._cause('return', {'reason': reason}, actor=self.office, channel='office')

    def _play_sale_cancel(self, _argument):
        seller = self._ref('user_sales')
        self.orders.sale_order_id.with_user(seller).with_context(lang=seller.lang)._action_cancel()

    # === STEPS: THE PROVIDER === #

    def _play_accept(self, _argument):
        self._cause('accept', actor=self._get_provider_actor(), channel='portal')

    def _play_reject(self, reason):
        self._cause('reject', {'reason': reason}, actor=self._get_provider_actor(), channel='portal')

    def _play_plan(self, days):
        person = self._ref(f'personnel_{self.story.technician}') or self.luck.choice(
            self.orders.provider_id.personnel_ids.filtered(lambda person: person.role == 'technician'))
        if days:
            start = (fields.Datetime.now() + UTC_OFFSET + timedelta(days=int(days))).replace(
                hour=self.luck.choice((9, 11, 13, 15)), minute=0, second=0) - UTC_OFFSET
        else:
            index = self.moments.index(self.moment)
            start = self.moments[index + 1:index + 2] or [self.moment + timedelta(hours=20)]
            start = start[0].replace(minute=0, second=0)
        self._cause('plan', {
            'personnel_id': person.id,
            'window_start': fields.Datetime.to_string(start),
            'window_end': fields.Datetime.to_string(start + timedelta(hours=2)),
        }, actor=self._get_provider_actor(), channel='portal')

    def _play_depart(self, _argument):
        self._cause('depart', actor=self._get_technician(), channel='field')

    def _play_start(self, _argument):
        self._cause('start', actor=self._get_technician(), channel='field')

    def _play_suspend(self, outcome):
        self._cause('suspend', {'outcome': outcome}, actor=self._get_technician(), channel='field')

    def _play_take_in(self, _argument):
        for order in self.orders:
            order._edit({'media_ids': [Command.create({
                'kind': 'before', 'name': f'{order.name}-teslim.jpg'.replace('/', '-'),
                'image': pictures.photo('before', f'{order.id}take_in'), 'taken_at': self.moment,
                'personnel_id': order.personnel_id.id})],
            }, actor=self._get_technician(), channel='field', occurred=self.moment)
        self._cause('take_in', {
            'accessory_ids': self.orders.device_type_id.accessory_ids[:2].ids, 'condition': "Sağ yanında çizik var",
            **self._get_signed(),
        }, actor=self._get_technician(), channel='field')

    def _play_move(self, custody):
        self._cause('move', {'custody': custody}, actor=self._get_technician(), channel='field')

    def _play_hand_back(self, _argument):
        self._cause('hand_back', {
            'accessory_ids': self.orders._get_stays().line_ids.accessory_id.ids, **self._get_signed(),
        }, actor=self._get_technician(), channel='field')

    def _get_signed(self):
        customer = self.orders.partner_id[:1]
        return {'signed_by': customer.name, 'signature': pictures.signature(customer.name)}

    def _play_refuse(self, reason):
        for order in self.orders:
            order._edit({'media_ids': [Command.create({
                'kind': 'fault', 'name': f'{order.device_id.serial or order.name}-fault.jpg',
                'image': pictures.photo('before', f'{order.id}fault'), 'taken_at': self.moment,
                'personnel_id': order.personnel_id.id,
            })]}, actor=self._get_technician(), channel='field', occurred=self.moment)
            self._cause('refuse_warranty', {'reason': reason}, actor=self._get_technician(), channel='field', orders=order)

    def _play_pay(self, argument):
        method, _colon, receipt = argument.partition(':')
        for order in self.orders:
            self._cause('collect', {
                'method': method, 'amount': order.amount_open, **({'receipt': receipt} if receipt else {}),
            }, actor=self._get_technician(), channel='field', orders=order)

    def _play_quote(self, _argument):
        for order in self.orders:
            order._edit(
                self._prepare_lines(order), actor=self._get_technician(), channel='field', occurred=self.moment)
            self._cause('quote', {
                'text': " + ".join(line.name for line in order._get_priced_lines()),
            }, actor=self._get_technician(), channel='field', orders=order)

    def _play_work(self, _argument):
        for order in self.orders.filtered(lambda order: order.state == 'in_progress'):
            order._edit(
                self._prepare_work(order), actor=self._get_technician(), channel='field', occurred=self.moment)

    def _play_submit(self, _argument):
        self._cause('submit', actor=self._get_technician(), channel='field')

    def _play_rework(self, _argument):
        self._cause(
            'rework', actor=self._get_provider_actor(), channel='portal', orders=self.orders.filtered('is_halted'))

    # === STEPS: THE CUSTOMER === #

    def _play_agree(self, _argument):
        actor, given = self._get_customer_answer('link')
        self._answer('approve', 'quote', given, actor=actor, channel='link')

    def _play_decline(self, _argument):
        actor, given = self._get_customer_answer('link')
        self._answer('dispute', 'quote', dict(given, comment="Pahalı"), actor=actor, channel='link')

    def _play_approve(self, argument):
        stars, channel, comment = (*argument.split(':', 2), '', '')[:3]
        channel = channel or 'link'
        actor, given = self._get_customer_answer(channel)
        self._answer('approve', 'work', dict(given, stars=int(stars), comment=comment or given.get('comment')), actor=actor, channel=channel)

    def _play_dispute(self, words):
        actor, given = self._get_customer_answer('link')
        given.pop('signature', None)
        self._answer(
            'dispute', 'work', dict(given, comment=words), actor=actor, channel='link', orders=self.orders[-1])

    # === WHAT WAS DONE === #

    def _get_workmanship(self, order):
        """Return the labour of the story, else what the catalogue has for the order."""
        return self._ref(f'workmanship_{self.story.fix}') or self.env['stokiva.workmanship'].search([
            ('device_type_id', 'parent_of', order.device_type_id.id),
            ('service_type_id', 'in', (order.service_type_id.id, False)),
        ], order='device_type_id desc, service_type_id, sequence', limit=1)

    def _prepare_work(self, order):
        """Return the values of findings, photos, labour and parts of an order."""
        kinds = order.media_ids.mapped('kind')
        values = {'media_ids': [
            Command.create({
                'kind': kind,
                'name': f'{order.device_id.serial or order.name}-{kind}.jpg',
                'image': pictures.photo(kind, f'{order.id}{kind}'),
                'taken_at': self.moment - timedelta(minutes=minutes),
                'personnel_id': order.personnel_id.id,
            })
            for kind, minutes in (('before', 32), ('after', 2)) if kind == 'after' or kind not in kinds]}
        cause, resolution = self._ref(f'cause_{self.story.fix}'), self._ref(f'resolution_{self.story.fix}')
        if cause and resolution:
            values |= {'cause_id': cause.id, 'resolution_id': resolution.id}
        values['checklist_line_ids'] = [
            Command.update(line.id, {'is_done': True}) for line in order.checklist_line_ids if not line.is_done]
        if 'after' in kinds:  # done once already
            return dict(values, diagnosis="Yeniden bakıldı, ayarı düzeltildi.")
        return values if order._get_priced_lines() else values | self._prepare_lines(order)

    def _prepare_lines(self, order):
        """Return the values of labour and parts of an order."""
        values = {'labour_line_ids': [Command.create({
            'workmanship_id': self._get_workmanship(order).id, 'personnel_id': order.personnel_id.id})]}
        part = self._ref(f'part_{self.story.part}')
        if part:
            values['part_line_ids'] = [Command.create({
                'product_id': part.id, 'is_provider_stock': self.luck.random() < 0.3})]
        return values
