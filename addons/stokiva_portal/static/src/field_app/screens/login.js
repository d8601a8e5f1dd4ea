import { useState } from "@odoo/owl";
import { Screen } from "../base";

export class Login extends Screen {
    static template = "stokiva_portal.FieldLogin";

    setup() {
        super.setup();
        this.view = useState({ login: "", password: "", error: "", busy: false });
    }

    async send() {
        this.view.busy = true;
        try {
            this.view.error = (await this.store.login(this.view.login, this.view.password)) || "";
            if (!this.view.error) {
                this.go("");
            }
        } catch (error) {
            this.view.error = error.kind === "network" ? this._t("No connection. Please try again.") : error.message;
        } finally {
            Object.assign(this.view, { busy: false, password: "" });
        }
    }
}
