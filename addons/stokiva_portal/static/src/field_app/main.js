import { mount } from "@odoo/owl";
import { getTemplate } from "@web/core/templates";
import { FieldApp } from "./app";
import { _t } from "./i18n";
import { Store } from "./store";

/** Offer an update when a new worker waits; it takes over when the technician says so. */
async function register(store) {
    if (!("serviceWorker" in navigator) || location.search.includes("debug")) {
        return;
    }
    const registration = await navigator.serviceWorker.register("/field/service-worker.js", {
        scope: "/field/",
        updateViaCache: "none",
    });
    const offer = (worker) => {
        if (worker && navigator.serviceWorker.controller) {
            store.update = () => worker.postMessage("SKIP_WAITING");
            store.state.update = true;
        }
    };
    const watch = (worker) =>
        worker?.addEventListener("statechange", () => worker.state === "installed" && offer(worker));
    // Opening the page starts an update before anybody can listen to it.
    watch(registration.installing);
    offer(registration.waiting);
    registration.addEventListener("updatefound", () => watch(registration.installing));
    // The first worker takes a page over that is new already.
    let isControlled = Boolean(navigator.serviceWorker.controller);
    navigator.serviceWorker.addEventListener("controllerchange", () => {
        if (isControlled) {
            location.reload();
        }
        isControlled = true;
    });
    document.addEventListener(
        "visibilitychange",
        () => document.visibilityState === "visible" && registration.update().catch(() => {})
    );
}

async function start() {
    const store = new Store();
    window.stokivaField = store; // for support: what waits can be looked at in the browser's console
    await store.start();
    const target = document.getElementById("field-app");
    const boot = [...target.children];
    await mount(FieldApp, target, { getTemplate, translateFn: _t, props: { store } });
    boot.forEach((element) => element.remove());
    store.run();
    await register(store).catch(() => {});
}

start();
