/* Sentences with a value in them, for templates: a word that stands in a template's expression is not found for translation. */
import { _t } from "./i18n";

export const say = {
    onPhone: (count) => _t("%s on the phone", count),
    lastSeen: (time) => _t("last connection %s", time),
    jobs: (count) => _t("%s jobs", count),
    dayDistance: (km) => _t("about %s km", km),
    distance: (km) => _t("%s km", km),
    needsYou: (count) => _t("%s needs you", count),
    waiting: (count) => _t("%s waiting", count),
    outbox: (refused, waiting, sent) => _t("%(refused)s need you · %(waiting)s waiting · %(sent)s sent", { refused, waiting, sent }),
    earlier: (count) => _t("%s earlier jobs on this device", count),
    missing: (count) => _t("%s still missing", count),
    photoMissing: (kind) => _t("The photo “%s” is missing", kind),
    takePhoto: (kind) => _t("Take the photo “%s”", kind),
    serialOf: (part) => _t("Serial number of %s", part),
    asked: (kind, what) => (kind === "supply" ? what : _t("Pre-authorisation: %s", what)),
    left: (name, count) =>
        _t("%(name)s has done %(count)s things on this phone that are not sent. They are kept and go out when that person signs in here.", { name, count }),
    notNoted: () => _t("Not noted yet"),
    deleting: (what) => _t("“%s” will be deleted from the phone for good.", what),
};
