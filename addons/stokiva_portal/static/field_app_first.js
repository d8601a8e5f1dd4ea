/* Stands in the page itself, with PROTOCOL written in front by the server: what runs before the app has come. */
var odoo = { debug: "", __session_info__: {} };
var stokivaFirst = null;

// Where nobody has worked before, the phone knows nothing: it asks at once who comes, and what there is to do.
if (!localStorage.getItem("stokiva-field-lang")) {
    const device = crypto.randomUUID();
    const params = { protocol: PROTOCOL, device, sent_at: new Date(), ops: [], name: navigator.userAgent };
    const answer = fetch("/field/sync", {
        method: "POST",
        redirect: "manual",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", method: "call", params }),
        signal: AbortSignal.timeout?.(20_000),
    });
    answer.catch(() => {}); // told when it is looked at
    stokivaFirst = { device, answer };
}
