/* Serves the app without a connection. CONFIG (version, shell, precache) is written in front by the server. */
const PREFIX = "stokiva-field-";
const CACHE = PREFIX + CONFIG.version;

async function fill() {
    const cache = await caches.open(CACHE);
    const shell = await fetch(CONFIG.shell, { cache: "reload" });
    // A deploy in between would leave a page that asks for a bundle that is not kept.
    if (!shell.ok || shell.redirected || !(await shell.clone().text()).includes(CONFIG.version)) {
        throw new Error("another version is being served");
    }
    await cache.put(CONFIG.shell, shell);
    await Promise.all(
        CONFIG.precache.map(async (url) => {
            const response = await fetch(url);
            if (!response.ok || response.redirected) {
                throw new Error(`not kept: ${url}`);
            }
            await cache.put(url, response);
        })
    );
}

/** Let the browser take what is kept by itself, where it can: it need not start this worker first. */
function addRoutes(ev) {
    const routes = [CONFIG.shell, ...CONFIG.precache].map((pathname) => ({
        condition: { urlPattern: new URLPattern({ pathname, search: "" }) },
        source: { cacheName: CACHE },
    }));
    ev.waitUntil(ev.addRoutes(routes).catch(() => {}));
}

self.addEventListener("install", (ev) => {
    if (ev.addRoutes) {
        addRoutes(ev);
    }
    ev.waitUntil(
        fill().catch(async (error) => {
            await caches.delete(CACHE);
            throw error;
        })
    );
});

self.addEventListener("activate", (ev) => {
    ev.waitUntil(
        (async () => {
            for (const name of await caches.keys()) {
                if (name.startsWith(PREFIX) && name !== CACHE) {
                    await caches.delete(name);
                }
            }
            await self.clients.claim();
        })()
    );
});

self.addEventListener("message", (ev) => {
    if (ev.data === "SKIP_WAITING") {
        self.skipWaiting();
    }
});

self.addEventListener("push", (ev) => {
    const { title, options } = ev.data?.json() || {};
    if (title) {
        ev.waitUntil(self.registration.showNotification(title, { icon: CONFIG.precache.at(-1), ...options }));
    }
});

self.addEventListener("notificationclick", (ev) => {
    ev.notification.close();
    const { model, res_id } = ev.notification.data || {};
    ev.waitUntil(show(model === "stokiva.work.order" ? `${CONFIG.shell}#/job/${res_id}` : CONFIG.shell));
});

async function show(url) {
    const [page] = await self.clients.matchAll({ type: "window" });
    if (!page) {
        return self.clients.openWindow(url);
    }
    await page.navigate(url);
    return page.focus();
}

self.addEventListener("fetch", (ev) => {
    const url = new URL(ev.request.url);
    if (ev.request.method !== "GET" || url.origin !== self.location.origin) {
        return;
    }
    if (ev.request.mode === "navigate") {
        if (url.pathname === CONFIG.shell) {
            ev.respondWith(fromCache(CONFIG.shell, ev.request));
        }
    } else if (CONFIG.precache.includes(url.pathname)) {
        ev.respondWith(fromCache(url.pathname, ev.request));
    }
});

async function fromCache(key, request) {
    const cache = await caches.open(CACHE);
    return (await cache.match(key)) || fetch(request);
}
