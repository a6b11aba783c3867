// A shared screen runs for days with nobody beside it: it stays awake, comes back after sleep, cuts and restarts, says what to do
// when its session has ended, and takes up a newer version of the product when nobody is looking. It never leaves for an error page:
// it reloads only once it knows that the page is there.
import { $ } from "./dom.js";
import { boot, t } from "./words.js";

const LOOK = 20_000; // milliseconds
const SLEPT = 30_000; // a pause between two looks that means: the machine slept
const VERSION_EVERY = 15; // looks

export class Endurance {
  #connection;
  #calm;
  #looked = Date.now();
  #looks = 0;
  #lock = null;
  #broken = false;

  // `calm`: whether the page may be reloaded now.
  constructor(connection, calm) {
    this.#connection = connection;
    this.#calm = calm;
    connection.on("gone", ({ code }) => this.#gone(code));
    connection.on("joined", () => this.#askVersion());
    setInterval(() => this.#look(), LOOK);
    window.addEventListener("online", () => connection.again());
    for (const kind of ["error", "unhandledrejection"]) window.addEventListener(kind, () => { this.#broken = true; });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#stayAwake(); });
    this.#stayAwake();
    this.#kiosk();
  }

  #look() {
    const slept = Date.now() - this.#looked > LOOK + SLEPT;
    this.#looked = Date.now();
    if (slept) this.#connection.again();
    if (this.#connection.status === "gone" || this.#broken) this.#reload();
    else if (++this.#looks % VERSION_EVERY === 0) this.#askVersion();
  }

  async #askVersion() {
    const version = await fetch("/version").then((answer) => (answer.ok ? answer.text() : null), () => null);
    if (!version || version === boot.version) return;
    if (this.#calm()) this.#reload();
    else setTimeout(() => this.#askVersion(), LOOK);
  }

  // Where a sign-in would come instead, the answer is a redirect, and the screen stays as it is.
  async #reload() {
    const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
  }

  #gone(code) {
    $("#kicker").textContent = "";
    $("#gone").textContent = t(code === "signed_out" ? "room_screen.signed_out" : "room_screen.not_here");
    $("#gone").hidden = false;
    for (const part of ["#stage", "#paper", "#foot", "#announced"]) $(part).replaceChildren();
    document.body.dataset.stage = "gone";
  }

  async #stayAwake() {
    try {
      if ("wakeLock" in navigator && (!this.#lock || this.#lock.released)) this.#lock = await navigator.wakeLock.request("screen");
    } catch { /* refused, as on a low battery: the screen is shown all the same */ }
  }

  // `?kiosk`: no pointer, and the whole screen at the first key or touch (browsers allow it no earlier). F does so anywhere.
  #kiosk() {
    const kiosk = new URLSearchParams(location.search).has("kiosk");
    document.body.classList.toggle("kiosk", kiosk);
    const whole = () => { if (!document.fullscreenElement) document.documentElement.requestFullscreen?.().catch(() => {}); };
    document.addEventListener("keydown", (event) => { if (kiosk || event.key === "f") whole(); });
    if (kiosk) document.addEventListener("pointerdown", whole);
  }
}
