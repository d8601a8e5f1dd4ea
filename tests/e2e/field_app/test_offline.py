"""The technicians' app in a real browser: what was done without a signal arrives, once."""
from collections import Counter
from datetime import datetime, timedelta

from helpers import log_in


def _lose(context, pattern, times):
    """Let the server carry requests out, and cut its first answers."""
    left = [times]

    def lost(route):
        if left[0]:
            left[0] -= 1
            route.fetch()
            route.abort('connectionreset')
        else:
            route.continue_()

    context.route(pattern, lost)
    return left


def test_a_whole_job_without_a_signal(company, new_phone, photo):
    """Cold start, five photos, a killed browser, a server that was away, answers that are cut after the commit."""
    with company.open_env() as env:
        job = company.make_job(env, 'emre').id
    phone = new_phone()
    phone.sign_in(company.logins['emre'])
    page = phone.page
    phone.context.set_offline(True)
    page.reload()
    page.wait_for_function('window.stokivaField?.state.orders.length')
    page.get_by_text("Depart", exact=True).wait_for()
    phone.press("Depart")
    phone.go(f'job/{job}')
    phone.press("Start work")
    phone.go(f'job/{job}/checklist')
    for number in range(2):
        phone.tick(number)
    phone.go(f'job/{job}/work')
    for kind in ('before', 'work', 'work', 'fault'):
        phone.take_photo(kind, photo)
    page.get_by_role('button', name="Note", exact=True).click()
    page.locator('select[name=cause]').select_option(label="Drain pump is broken")
    page.locator('textarea[name=diagnosis]').fill("Blocked by a coin")
    page.wait_for_function(
        f'stokivaField.readDraft("{job}/findings").then((kept) => kept?.diagnosis === "Blocked by a coin")')
    phone.kill()

    phone.start()
    phone.context.clear_cookies()  # the session is gone, too
    page = phone.page
    phone.context.set_offline(True)
    phone.open()
    assert phone.count() == 8, "what was on the phone is there after the browser was killed"
    phone.go(f'job/{job}/work')
    assert page.locator('textarea[name=diagnosis]').input_value() == "Blocked by a coin", "also what was half written"
    phone.press("Save")
    page.get_by_role('button', name="Add labour").click()
    phone.choose("Replace the drain pump")
    page.get_by_role('button', name="From the list").click()
    phone.choose("Drain pump 30 W")
    phone.press("More")
    phone.take_photo('after', photo)
    phone.go(f'job/{job}/sign')
    phone.sign()
    phone.press("Finish and send")
    assert phone.count() == 14

    company.server.stop()
    phone.context.set_offline(False)
    page.reload()  # nobody answers, and the browser says that it is online
    page.wait_for_function('window.stokivaField?.state.link === "offline"')
    page.get_by_text("No signal, keep working").wait_for()
    company.server.start()
    company.server.wait()
    page.evaluate('void stokivaField.sync.now()')
    page.wait_for_function('stokivaField.state.link === "auth"')
    syncs, files = _lose(phone.context, '**/field/sync', 2), _lose(phone.context, '**/field/media', 2)
    phone.go('login')
    phone.fill_login(company.logins['emre'])
    phone.wait_until_sent()
    assert not syncs[0] and not files[0], "the answers were cut"
    with company.open_env() as env:
        order = env['stokiva.work.order'].browse(job)
        assert order.state == 'awaiting_approval'
        counts = Counter(order.event_ids.mapped('event'))
        assert (counts['depart'], counts['start'], counts['submit']) == (1, 1, 1)
        assert Counter(order.media_ids.mapped('kind')) == {'work': 2, 'before': 1, 'after': 1, 'fault': 1}
        assert all(item.taken_at for item in order.media_ids)
        assert [line.name for line in order.labour_line_ids] == ["Replace the drain pump"]
        assert [(line.name, line.quantity) for line in order.part_line_ids] == [("Drain pump 30 W", 2)]
        assert order.diagnosis == "Blocked by a coin" and order.cause_id.name == "Drain pump is broken"
        assert order.visit_ids.signed_by == "Ayşe Yıldız" and order.visit_ids.signature
        assert all(order.checklist_line_ids.mapped('is_done'))
        assert datetime.utcnow() - order.departed_at < timedelta(minutes=10)
        assert set(env['stokiva.field.op'].search([('work_order_id', '=', job)]).mapped('status')) == {'applied'}
    phone.go(f'job/{job}')
    page.get_by_text("Awaiting approval").first.wait_for()
    assert page.evaluate('document.documentElement.scrollWidth') <= 360
    _approve_both(company, phone, job)


def _approve_both(company, phone, job):
    """The customer signs for both appliances of the trip, with one code; at first it is mistyped."""
    page = phone.page
    with company.open_env() as env:
        both = [job, company.submit_beside(env, job, 'emre').id]
    page.evaluate('void stokivaField.sync.now()')
    phone.go(f'job/{job}/sign')
    page.get_by_text("Signature and code hold for all jobs shown here.").wait_for()
    page.get_by_role('button', name="Send the code").click()
    page.get_by_role('button', name="Send another code").wait_for()
    with company.open_env() as env:
        code = env['stokiva.work.order'].browse(job).approval_ids[:1]._get_code()
    for typed in (code[:-1], code):
        phone.sign()
        page.locator('input[autocomplete=one-time-code]').fill(typed)
        page.get_by_role('button', name="Approve on site").click()
        if typed != code:
            page.wait_for_function('stokivaField.state.ops.some((op) => op.status === "refused")')
            phone.go('outbox')
            page.get_by_role('button', name="To the signature").click()
    page.wait_for_function(
        '(ids) => stokivaField.state.orders.filter((job) => ids.includes(job.id) && job.state === "completed").length === 2',
        arg=both)
    phone.wait_until_sent()
    with company.open_env() as env:
        orders = env['stokiva.work.order'].browse(both)
        assert orders.mapped('state') == ['completed'] * 2
        assert orders.approval_ids.mapped('channel') == ['on_site'] * 2


def test_another_technician_on_the_same_phone(company, new_phone):
    with company.open_env() as env:
        mine, his = company.make_job(env, 'emre').id, company.make_job(env, 'kerem').id
    phone = new_phone()
    phone.sign_in(company.logins['emre'])
    page = phone.page
    phone.context.set_offline(True)
    phone.go(f'job/{mine}')
    phone.press("Depart")
    phone.go('outbox')
    page.get_by_role('button', name="Sign out").click()
    page.get_by_text("Not everything is sent.").wait_for()
    phone.context.route('**/field/sync', lambda route: route.abort())
    phone.context.set_offline(False)
    other = phone.context.new_page()
    other.goto('/web/session/logout')
    log_in(other, company.logins['kerem'], 'correct horse battery')
    phone.context.unroute('**/field/sync')
    page.evaluate('void stokivaField.sync.now()')
    page.wait_for_function(f'stokivaField.state.orders.map((order) => order.id).join() === "{his}"')
    assert phone.count() == 0, "what another one did is neither seen nor sent"
    phone.go()
    page.get_by_text("go out when that person signs in here").wait_for()
    with company.open_env() as env:
        assert env['stokiva.work.order'].browse(mine).state == 'accepted'
    other.wait_for_load_state('networkidle')  # an answer under way brings the session back
    other.goto('/web/session/logout')
    phone.sign_in_again(company.logins['emre'])
    page.wait_for_function(f'stokivaField.state.uid === {company.users["emre"]}')
    phone.wait_until_sent()
    assert page.evaluate('stokivaField.state.left') is None
    with company.open_env() as env:
        assert env['stokiva.work.order'].browse(mine).state == 'on_the_way'
    phone.errors = [error for error in phone.errors if 'web/login' not in error]


def test_given_to_somebody_else_meanwhile(company, new_phone, photo):
    with company.open_env() as env:
        job = company.make_job(env, 'emre').id
    phone = new_phone()
    phone.sign_in(company.logins['emre'])
    page = phone.page
    phone.context.set_offline(True)
    phone.go(f'job/{job}')
    phone.press("Depart")
    phone.go(f'job/{job}/work')
    phone.take_photo('before', photo)
    with company.open_env() as env:
        env['stokiva.work.order'].browse(job)._apply_event(
            'plan', {'personnel_id': company.people['kerem']}, actor=env['res.users'].browse(company.manager_id), channel='office')
    phone.context.set_offline(False)
    for _try in range(40):
        page.evaluate('void stokivaField.sync.now()')
        page.wait_for_timeout(300)
        if page.evaluate('stokivaField.state.ops.filter((op) => op.status === "refused").length') == 2:
            break
    page.get_by_text("This job is not yours any more.").wait_for()
    phone.go('outbox')
    page.locator('.ref').nth(1).wait_for()
    page.locator('.ref').first.get_by_role('button', name="Hand to the office").click()
    page.locator('.ref').nth(1).wait_for(state='detached')
    page.locator('.ref').get_by_role('button', name="Delete from the phone…").click()
    page.locator('.ref').get_by_role('button', name="Delete", exact=True).click()
    phone.wait_until_sent()
    with company.open_env() as env:
        order = env['stokiva.work.order'].browse(job)
        assert order.state == 'accepted' and not order.media_ids
        refused = env['stokiva.field.op'].search([('work_order_id', '=', job), ('status', '=', 'rejected')])
        assert sorted(refused.mapped('decision')) == ['discarded', 'forwarded']
        assert "Refused in the field" in order.activity_ids.mapped('summary')


def test_what_is_asked_and_what_the_customer_says(company, new_phone, photo):
    """A position with the start, a part asked for, a photo taken away, an objection with a photo: all without a signal."""
    with company.open_env() as env:
        env['product.product'].search([('default_code', '=', 'DP30')]).is_storable = True
        env.company.stokiva_parts = True
        job = company.make_job(env, 'emre').id
    phone = new_phone()
    phone.context.grant_permissions(['geolocation'])
    phone.context.set_geolocation({'latitude': 40.99, 'longitude': 29.02, 'accuracy': 20})
    phone.sign_in(company.logins['emre'])
    page = phone.page
    phone.go(f'job/{job}')
    page.get_by_role('button', name="Allow", exact=True).click()
    page.wait_for_function('stokivaField.state.position')
    phone.context.set_offline(True)
    phone.press("Depart")
    phone.press("Start work")
    phone.go(f'job/{job}/form/ask_supply')
    page.locator('.li', has_text="Drain pump").click()
    phone.press("Ask the office")
    phone.go(f'job/{job}/checklist')
    for number in range(2):
        phone.tick(number)
    phone.go(f'job/{job}/work')
    for kind in ('before', 'after', 'work'):
        phone.take_photo(kind, photo)
    page.locator('.ph button').nth(2).click()
    page.get_by_role('button', name="Delete photo…").click()
    page.get_by_role('button', name="Delete", exact=True).click()
    page.wait_for_function('stokivaField.state.ops.filter((op) => op.type === "media").length === 2')
    phone.go(f'job/{job}/sign')
    page.get_by_role('button', name="The customer does not approve").click()
    page.locator('textarea[name=comment]').fill("It still leaks")
    phone.take_photo('complaint', photo)
    page.locator('.thumbs img').wait_for()
    phone.press("Send the objection")
    phone.context.set_offline(False)
    phone.wait_until_sent()
    with company.open_env() as env:
        order = env['stokiva.work.order'].browse(job)
        assert order.is_halted and order.approval_ids[:1].comment == "It still leaks"
        assert Counter(order.media_ids.mapped('kind')) == {'before': 1, 'after': 1, 'complaint': 1}
        assert round(order.visit_ids.arrived_latitude, 2) == 40.99
        move = env['stock.move'].search([('stokiva_for_order_id', '=', job)])
        assert move.product_uom_qty == 1 and move.picking_id.state == 'draft'
    phone.go(f'job/{job}')
    page.get_by_text("Requested").wait_for()
    page.get_by_text("It still leaks").wait_for()
