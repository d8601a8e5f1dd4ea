"""Makes docs/img and docs/page_weight.md; see scripts/screenshots."""
import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / 'tests'))

from helpers import BROWSER_ARGS, Server, find_chromium, open_environment  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from screens import MAX_LIGHT, Packing, Viewer, find_addresses, read_screens  # noqa: E402

PAGE = ROOT / 'docs/page_weight.md'
HEAD = f"""# What the pages weigh

Written by `scripts/screenshots --weights`, not by hand: all that Chromium receives (headers included) when a phone of
390 px opens the page for the first time, packed by gzip as by `config/nginx.conf`. Pages that customers open from an SMS
have a layout of their own and stay below {MAX_LIGHT // 1000} kB; the others use Odoo's portal, whose bundle of styles and
scripts comes once and is then kept by the browser: *again* is what each further page costs. *Shift* is the sum of layout
shifts while loading (0 is none).

| page | seen by | requests | kB in all | kB again | kB of HTML | shift |
|---|---|--:|--:|--:|--:|--:|
"""


def take_weights(browser, url, addresses, screens):
    """Return the page that tells what each screen weighs."""
    rows = []
    with Packing(url) as packing:
        viewer = Viewer(browser, packing.url, addresses)
        for screen in (screen for screen in screens if not screen.get('office')):
            measured = viewer.measure(screen)
            rows.append(
                f"| {screen['name']} | {screen.get('login') or 'the link'} | {measured['requests']} | "
                f"{measured['bytes'] / 1000:.1f} | {measured['again'] / 1000:.1f} | {measured['html'] / 1000:.1f} | "
                f"{measured['shift']:.3f} |\n")
            print(rows[-1].rstrip(), flush=True)
            if screen.get('light') and measured['bytes'] > MAX_LIGHT:
                raise SystemExit(f"{screen['name']}: {measured['bytes']} bytes")
    return HEAD + ''.join(rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--weights', action='store_true')
    parser.add_argument('--pictures', action='store_true')
    parser.add_argument('names', nargs='*')
    options = parser.parse_intermixed_args()
    screens = [
        screen for screen in read_screens() if not options.names or screen['name'].startswith(tuple(options.names))]
    with open_environment(options.database) as env:
        addresses = find_addresses(env, screens)
    server = Server(options.database)
    try:
        server.wait()
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=find_chromium(), args=BROWSER_ARGS)
            if not options.weights:
                viewer = Viewer(browser, server.url, addresses)
                for screen in screens:
                    for size in screen.get('sizes') or ('phone', 'desktop'):
                        print(viewer.take_picture(screen, size).relative_to(ROOT), flush=True)
            if not options.pictures:
                page = take_weights(browser, server.url, addresses, screens)
                if not options.names:
                    PAGE.write_text(page)
            browser.close()
    finally:
        server.stop()


if __name__ == '__main__':
    main()
