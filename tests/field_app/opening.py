"""How long it takes until the technicians' app shows its first screen, and what it waits for."""
from contextlib import contextmanager

from helpers import BROWSER_ARGS, find_chromium

from .world import PASSWORD

# A village's link, in bytes a second and milliseconds a request.
LINK = {'offline': False, 'latency': 150, 'downloadThroughput': 1.6e6 / 8, 'uploadThroughput': 0.75e6 / 8}
FREE = {'offline': False, 'latency': 0, 'downloadThroughput': -1, 'uploadThroughput': -1}
PHONE = {'viewport': {'width': 360, 'height': 780}, 'is_mobile': True, 'has_touch': True, 'locale': 'en-GB'}
LOGIN, JOBS = 'input[name=login]', '.card.next'
# Notes when a screen is there, and when it has been painted. Looking from outside would slow the page.
WATCH = '''
    window.there = {};
    window.shown = {};
    new MutationObserver(() => {
        for (const name of ["#LOGIN", "#JOBS"]) {
            if (!(name in shown) && document.querySelector(name)) {
                there[name] = performance.now();
                shown[name] = null;
                requestAnimationFrame(() => setTimeout(() => { shown[name] = performance.now(); }));
            }
        }
    }).observe(document, {childList: true, subtree: true});
'''.replace('#LOGIN', LOGIN).replace('#JOBS', JOBS)
# What was asked for before the screen was there; what the browser itself wants comes beside it.
READ = '''(name) => {
    const entries = performance.getEntriesByType("resource").filter(
        (one) => one.startTime < there[name] && !/icons|webmanifest/.test(one.name));
    const [page] = performance.getEntriesByType("navigation");
    return {
        milliseconds: shown[name],
        first_paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
        requests: entries.filter((one) => one.transferSize).map((one) => new URL(one.name).pathname),
        bytes: [page, ...entries].reduce((sum, one) => sum + one.transferSize, 0),
    };
}'''


class Opening:
    """One phone that has never seen the app.

    :ivar page: Playwright's page
    """

    def __init__(self, playwright, folder, url, login=None, slow=1, link=None):
        self.slow, self.link = slow, link
        self.context = playwright.chromium.launch_persistent_context(
            str(folder), executable_path=find_chromium(), args=BROWSER_ARGS, base_url=url, **PHONE)
        self.wanted = LOGIN
        if login:
            self.wanted = JOBS
            self.context.request.post('/field/login', data={
                'jsonrpc': '2.0', 'params': {'login': login, 'password': PASSWORD}})
        self.context.add_init_script(WATCH)
        self.page = self.context.pages[0]
        self.page.goto('about:blank')
        self.cdp = self.context.new_cdp_session(self.page)
        self.cdp.send('Network.enable')

    def open(self):
        """Open the app.

        :return: ``milliseconds first_paint requests bytes`` until the first screen
        :rtype: dict
        """
        self.page.goto('about:blank')
        with self._throttled():
            self.page.goto('/field/app', wait_until='commit')
            while not (self.page.wait_for_timeout(200) or self.page.evaluate(f'window.shown?.["{self.wanted}"]')):
                continue
        return self.page.evaluate(READ, self.wanted)

    @contextmanager
    def _throttled(self):
        if self.link:
            self.cdp.send('Network.emulateNetworkConditions', self.link)
        self.cdp.send('Emulation.setCPUThrottlingRate', {'rate': self.slow})
        yield
        self.cdp.send('Network.emulateNetworkConditions', FREE)
        self.cdp.send('Emulation.setCPUThrottlingRate', {'rate': 1})

    def settle(self):
        """Wait until the app works without a connection."""
        self.page.evaluate('navigator.serviceWorker.ready.then(() => 1)')
        self.page.wait_for_function('navigator.serviceWorker.controller')
        if self.wanted == JOBS:
            self.page.wait_for_function('stokivaField.state.synced && !stokivaField.sync.running')
