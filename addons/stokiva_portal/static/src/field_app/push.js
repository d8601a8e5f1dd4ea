/* The phone rings for a new job, where the browser can; without it the app asks by itself while it is looked at. */
import { call } from "./api";

const canPush = () => "PushManager" in window && "Notification" in window;

/** Whether the technician can still be asked. */
export const canAsk = () => canPush() && Notification.permission === "default";

/** Let this phone ring for who is signed in, if he allows it. Returns whether it will. */
export async function letRing() {
    if (!canPush() || (await Notification.requestPermission()) !== "granted") {
        return false;
    }
    return keepRinging();
}

/** Say again whose phone it is: another technician may have used it. */
export async function keepRinging() {
    if (!canPush() || Notification.permission !== "granted") {
        return false;
    }
    try {
        const { key } = await call("/field/push", {});
        const registration = await navigator.serviceWorker.ready;
        const options = { userVisibleOnly: true, applicationServerKey: key };
        const subscription = await registration.pushManager.subscribe(options);
        const { endpoint, keys } = subscription.toJSON();
        await call("/field/push", { subscription: { endpoint, keys }, key });
        return true;
    } catch {
        return false; // the push service of the browser's maker cannot be reached, or does not want to
    }
}

/** The phone rings for nobody any more. */
export async function stopRinging() {
    const registration = await navigator.serviceWorker?.getRegistration("/field/");
    const subscription = await registration?.pushManager?.getSubscription();
    await subscription?.unsubscribe().catch(() => {});
}
