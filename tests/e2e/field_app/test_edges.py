"""What goes wrong with phones: two at a time, no room, a wrong clock, an old version. Nothing is lost by it."""
import json
from collections import Counter
from datetime import datetime, timedelta

NO_ROOM = '''() => {
    window.realAdd = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
}'''
LONG_AGO = '''() => new Promise((resolve) => {
    const tx = stokivaField.db.transaction("meta", "readwrite");
    tx.objectStore("meta").put(Date.now() - 2 * 3600 * 1000, "prolonged");
    tx.oncomplete = resolve;
})'''


def test_two_tabs_and_two_phones(company, new_phone):
    """Both tabs show the same and one sends; what both phones did is done once."""
    with company.open_env() as env:
        job = company.make_job(env, 'deniz').id
    phone, second = new_phone(), new_phone()
    for one in (phone, second):
        one.sign_in(company.logins['deniz'])
        one.context.set_offline(True)
        one.go(f'job/{job}')
    tab = phone.context.new_page()
    tab.goto(f'/field/app#/job/{job}')
    sent = []
    phone.context.on('requestfinished', lambda request: request.url.endswith('/field/sync') and sent.extend(
        op['uuid'] for op in json.loads(request.post_data)['params']['ops']))
    phone.press("Depart")
    tab.get_by_role('button', name="Start work", exact=True).click()
    for shown in (phone.page, tab):
        shown.wait_for_function('stokivaField.state.ops.length === 2')
    second.press("Depart")
    second.press("Start work")
    phone.context.set_offline(False)
    for shown in (tab, phone.page):
        shown.evaluate('void stokivaField.sync.now()')
    phone.wait_until_sent()
    assert len(sent) == len({*sent}) == 2, "each operation left once"
    second.context.set_offline(False)
    second.wait_until_sent(left=1)
    second.page.wait_for_function('stokivaField.state.ops[0].status === "refused"')  # the step that is long passed
    for shown in (phone.page, tab, second.page):
        shown.wait_for_function(f'stokivaField.state.orders.find((one) => one.id === {job}).state === "in_progress"')
    with company.open_env() as env:
        counts = Counter(env['stokiva.work.order'].browse(job).event_ids.mapped('event'))
        assert (counts['depart'], counts['start']) == (1, 1)


def test_no_room_a_wrong_clock_and_an_old_version(company, new_phone, photo):
    with company.open_env() as env:
        job = company.make_job(env, 'deniz', 1).id
    phone = new_phone()
    page = phone.page
    page.clock.install(time=datetime.now() + timedelta(days=1))
    phone.sign_in(company.logins['deniz'])
    page.get_by_text("The clock of this phone is wrong.").wait_for()
    phone.context.set_offline(True)

    # A photo finds no room before a word does, and neither takes with it what is there.
    page.evaluate('navigator.storage.estimate = async () => ({quota: 10e6, usage: 9e6})')
    phone.go(f'job/{job}/work')
    page.locator('input[data-kind=before]').set_input_files(photo)
    page.get_by_text("The photo was not taken, what you wrote is kept.").wait_for()
    phone.go(f'job/{job}')
    phone.press("Depart")
    page.evaluate(NO_ROOM)
    page.get_by_role('button', name="Start work", exact=True).click()
    page.get_by_text("Your last step was not kept.").wait_for()
    assert phone.count() == 1
    page.evaluate('() => { IDBObjectStore.prototype.add = realAdd; }')
    phone.press("Start work")
    phone.go('outbox')
    with page.expect_download() as download:
        page.get_by_role('button', name="Save to a file").click()
    saved = json.loads(download.value.path().read_text())
    assert [op['payload']['event'] for op in saved['operations']] == ['depart', 'start']

    # A new version is offered and takes the queue over; one that is too old keeps it.
    with company.open_env() as env:
        view = env.ref('stokiva_portal.field_app')
        view.arch_db = view.arch_db.replace('content="noindex"', 'content="noindex,nofollow"')
    phone.context.route('**/field/sync', lambda route: route.abort())
    phone.context.set_offline(False)
    phone.go()
    page.evaluate('stokivaField.findUpdate()')
    with page.expect_navigation():
        page.get_by_role('button', name="Update", exact=True).click()
    page.wait_for_function('window.stokivaField?.state.ready')
    assert page.locator('meta[name=robots]').get_attribute('content') == 'noindex,nofollow'
    assert phone.count() == 2
    # Over the first one, not instead of it: the app sends by itself, and between the two it would come through.
    phone.context.route('**/field/sync', lambda route: route.continue_(
        post_data=route.request.post_data.replace('"protocol":1', '"protocol":0')))
    page.evaluate('void stokivaField.sync.now()')
    page.get_by_text("This app is too old to send. Your work is kept.").wait_for()
    assert phone.count() == 2
    phone.context.unroute('**/field/sync')
    phone.wait_until_sent()
    with company.open_env() as env:
        order = env['stokiva.work.order'].browse(job)
        assert order.state == 'in_progress'
        assert datetime.utcnow() - order.departed_at < timedelta(minutes=10)

    # The session is prolonged once an hour: without it, a technician is signed out in the middle of his week.
    page.evaluate(LONG_AGO)
    with page.expect_request('**/field/ping'):
        page.evaluate('void stokivaField.sync.now()')
