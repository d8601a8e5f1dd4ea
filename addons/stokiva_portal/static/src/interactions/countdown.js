import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * Ticks down the time to answer an offer. The server says how many seconds are left, so a wrong clock of the
 * phone does no harm; without JavaScript the words of the server stay.
 */
export class OfferCountdown extends Interaction {
    static selector = ".o_stokiva_countdown";
    dynamicContent = {
        ".o_stokiva_clock": { "t-out": () => this.text },
        ".progress-bar": { "t-att-style": () => ({ width: `${this.share}%` }) },
        ".o_stokiva_over": { "t-att-class": () => ({ "d-none": this.left > 0 }) },
    };

    setup() {
        this.seconds = Number(this.el.dataset.seconds);
        this.total = Number(this.el.dataset.total);
        this.begin = performance.now();
        this.tick();
    }

    start() {
        this.timer = setInterval(() => {
            this.tick();
            this.updateContent();
        }, 1000);
        this.registerCleanup(() => clearInterval(this.timer));
    }

    tick() {
        this.left = Math.max(0, Math.round(this.seconds - (performance.now() - this.begin) / 1000));
        this.share = Math.min(100, (100 * this.left) / this.total);
        const parts = [Math.floor((this.left / 60) % 60), this.left % 60];
        const hours = Math.floor(this.left / 3600);
        this.text = [...(hours ? [hours] : []), ...parts]
            .map((part, index) => (index ? String(part).padStart(2, "0") : part))
            .join(":");
        if (!this.left) {
            this.el.parentElement.querySelector(".o_stokiva_answer")?.classList.add("d-none");
            clearInterval(this.timer);
        }
    }
}

registry.category("public.interactions").add("stokiva_portal.offer_countdown", OfferCountdown);
