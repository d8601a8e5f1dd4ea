import { Screen } from "../base";

export class Parts extends Screen {
    static template = "stokiva_portal.FieldParts";

    get parts() {
        return this.state.catalogue.parts.filter(([, , , , , stock]) => stock > 0);
    }
}
