/* Requests to the server. Whatever goes wrong is of one of a few kinds. */
import { _t } from "./i18n";

export class Failure extends Error {
    /** @param {"network"|"auth"|"csrf"|"server"|"told"} kind "told": the server has said what has to be done */
    constructor(kind, message) {
        super(message || kind);
        this.kind = kind;
    }
}

async function send(url, options, seconds) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), seconds * 1000);
    try {
        return await fetch(url, { ...options, method: "POST", redirect: "manual", signal: stop.signal });
    } catch {
        throw new Failure("network");
    } finally {
        clearTimeout(timer);
    }
}

/** Call a JSON-RPC route and return its result. */
export async function call(url, params) {
    const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
    return readAnswer(await send(url, { headers: { "Content-Type": "application/json" }, body }, 20));
}

/** Return what a JSON-RPC route has answered. */
export async function readAnswer(response) {
    let answer;
    try {
        answer = await response.json();
    } catch {
        throw new Failure(response.type === "opaqueredirect" ? "auth" : "network");
    }
    if (answer.error) {
        throw new Failure(answer.error.code === 100 ? "auth" : "server", answer.error.data?.message);
    }
    return answer.result;
}

/** Send one file; returns the server's answer, also when it refuses. */
export async function upload(values, file) {
    const form = new FormData();
    for (const [name, value] of Object.entries(values)) {
        form.append(name, value);
    }
    form.append("file", file, "photo");
    const response = await send("/field/media", { body: form }, 60);
    if (response.type === "opaqueredirect") {
        throw new Failure("auth"); // to the login page: it would look like a success
    }
    if (response.status === 400) {
        throw new Failure("csrf");
    }
    if (response.status === 413) {
        return { status: "rejected", code: "too_large", message: _t("This file is too large.") };
    }
    let answer;
    try {
        answer = await response.json();
    } catch {
        throw new Failure("network");
    }
    return answer;
}
