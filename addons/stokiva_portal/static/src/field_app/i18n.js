/* The page holds the words of every language, so that they are there before anybody signs in. */
const LANG = "stokiva-field-lang";
const terms = JSON.parse(document.getElementById("field-terms")?.textContent || "{}");

function guess() {
    const wanted = localStorage.getItem(LANG) || navigator.language.replace("-", "_");
    return Object.keys(terms).find((code) => code === wanted || code.split("_")[0] === wanted.split("_")[0]);
}

const code = guess();
export const lang = code ? code.replace("_", "-") : "en-GB";
document.documentElement.lang = lang;

/**
 * Translate; `%s` and `%(name)s` stand for what follows.
 *
 * @param {string} text
 * @param {...any} values
 */
export function _t(text, ...values) {
    const found = (code && terms[code][text]) || text;
    const named = values.length === 1 && typeof values[0] === "object" ? values[0] : null;
    return found.replace(/%(?:\((\w+)\))?s/g, (_all, name) => (name ? named[name] : values.shift()));
}

/** Remember a user's language. Returns whether the page has to be loaded again for it. */
export function chooseLang(wanted) {
    const before = guess();
    localStorage.setItem(LANG, wanted);
    return guess() !== before;
}

/** Formatters cost a slow phone milliseconds each to make, and a list needs hundreds of times. */
const formatters = new Map();

function getFormatter(kind, options, code_ = lang) {
    const key = `${code_}${JSON.stringify(options)}`;
    if (!formatters.has(key)) {
        formatters.set(key, new kind(code_, options));
    }
    return formatters.get(key);
}

function format(options, iso, code_) {
    return getFormatter(Intl.DateTimeFormat, options, code_).format(iso instanceof Date ? iso : new Date(iso));
}

export const hour = (iso, timeZone) => format({ hour: "2-digit", minute: "2-digit", hour12: false, timeZone }, iso);
export const dayName = (iso, timeZone) => format({ weekday: "long", day: "numeric", month: "long", timeZone }, iso);
export const shortDay = (iso, timeZone) => format({ day: "numeric", month: "short", timeZone }, iso);
/** A day as text that can be compared. */
export const dayKey = (iso, timeZone) =>
    format({ timeZone, year: "numeric", month: "2-digit", day: "2-digit" }, iso, "en-CA");
export const number = (value) => getFormatter(Intl.NumberFormat, { maximumFractionDigits: 2 }).format(value);

export const percent = (share) => getFormatter(Intl.NumberFormat, { style: "percent" }).format(share);

/** Return what there is of some texts as one. */
export const joined = (...parts) => parts.filter(Boolean).join(" · ");
