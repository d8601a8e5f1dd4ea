import { Component, onWillUnmount, useState, useSubEnv } from "@odoo/owl";
import { Icon, State } from "./base";
import { hour, joined, _t } from "./i18n";
import { isNew } from "./new_jobs";
import { Checklist } from "./screens/checklist";
import { StepForm } from "./screens/form";
import { Job } from "./screens/job";
import { Login } from "./screens/login";
import { Outbox } from "./screens/outbox";
import { Parts } from "./screens/parts";
import { Sign } from "./screens/sign";
import { Today } from "./screens/today";
import { Work } from "./screens/work";
import { say } from "./words";

const TABS = { "": Today, outbox: Outbox, parts: Parts, login: Login };
const STEPS = { checklist: Checklist, work: Work, sign: Sign, form: StepForm };

export class FieldApp extends Component {
    static template = "stokiva_portal.FieldApp";
    static components = { Icon, State };
    static props = { store: Object };

    setup() {
        this.store = this.props.store;
        this.state = useState(this.store.state);
        this.route = useState({ path: location.hash.slice(2) });
        const follow = () => {
            this.route.path = location.hash.slice(2);
            window.scrollTo(0, 0);
        };
        window.addEventListener("hashchange", follow);
        onWillUnmount(() => window.removeEventListener("hashchange", follow));
        useSubEnv({ store: this.store, go: (path) => (location.hash = `#/${path}`) });
        Object.assign(this, { hour, joined, say });
    }

    get screen() {
        const [tab, id, step, name] = this.route.path.split("/");
        if (!this.state.uid) {
            return { component: Login, props: {}, key: "login" };
        }
        if (tab === "job") {
            const order = this.state.orders.find((one) => one.id === Number(id));
            if (!order) {
                return { gone: true, props: {} };
            }
            const component = STEPS[step] || Job;
            return { component, order, step, props: { order, name }, key: this.route.path };
        }
        return { component: TABS[tab] || Today, tab: tab || "jobs", props: {}, key: tab };
    }

    get title() {
        const { component, props } = this.screen;
        const { name } = props;
        if (component === StepForm) {
            const label = this.state.catalogue.actions[name];
            return name.startsWith("ask_") ? say.asked(name.slice(4), label) : label;
        }
        return new Map([
            [Checklist, _t("Checklist")],
            [Work, _t("Fault, work and parts")],
            [Sign, _t("Signature and sending")],
        ]).get(component);
    }

    get fresh() {
        return this.state.orders.filter((order) => isNew(this.state, order)).length;
    }

    get refused() {
        return this.state.ops.filter((op) => op.status === "refused").length;
    }

    get waiting() {
        return this.state.ops.filter((op) => op.status === "pending").length + this.state.busy;
    }

    get isOffline() {
        return ["offline", "trouble"].includes(this.state.link);
    }

    back() {
        const { step, order } = this.screen;
        location.hash = step ? `#/job/${order.id}` : "#/";
    }

    open(path) {
        location.hash = `#/${path}`;
    }
}
