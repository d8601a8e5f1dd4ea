// Only comfort: without this file the pages still work.
(() => {
    "use strict";
    const province = document.getElementById("province");
    const district = document.getElementById("district");
    if (province) {
        province.addEventListener("change", async () => {
            const box = district.closest(".district");
            district.length = 1;
            box.hidden = true;
            if (!province.value) {
                return;
            }
            const answer = await fetch(`${province.dataset.url}?province=${encodeURIComponent(province.value)}`);
            if (answer.ok) {
                district.append(...(await answer.json()).map(([id, name]) => new Option(name, id)));
                box.hidden = false;
            }
        });
    }
    // The chosen day stands in sight, also the tenth.
    document.querySelector(".day[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    // Who looks again later sees what is true then.
    const since = Date.now();
    document.addEventListener("visibilitychange", () => {
        if (document.body.querySelector("[data-fresh]") && !document.hidden && Date.now() - since > 60000) {
            location.reload();
        }
    });
})();
