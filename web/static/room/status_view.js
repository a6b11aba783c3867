// Whether we are connected, what is not yet kept, and what was refused: always in words.
import { h, $ } from "./dom.js";
import { t } from "./words.js";

export class StatusView {
  #connection;
  constructor(connection) {
    this.#connection = connection;
    for (const event of ["status", "pending"]) connection.on(event, () => this.render());
    connection.on("gone", ({ code, text }) => this.#gone(text || t(`refusal_live.${code}`) || code));
    connection.on("refused", ({ text }) => this.note(text, "bad"));
    window.addEventListener("online", () => this.render());
    window.addEventListener("offline", () => this.render());
  }

  render() {
    const { status, pending } = this.#connection;
    const chip = $("#connection");
    const offline = !navigator.onLine;
    const ok = status === "connected" && !offline;
    chip.className = `chip ${ok ? "ok" : status === "connecting" ? "" : "bad"}`;
    chip.textContent = [t(ok ? "room.connected" : offline ? "room.offline" : `room.${status}`), pending > 0 ? t("room.pending", { n: pending }) : ""].filter(Boolean).join(" · ");
    $("#cut").hidden = ok || status === "connecting" || status === "gone";
  }

  note(text, kind = "ok") {
    const toast = h("p", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" }, text);
    $("#notes").append(toast);
    setTimeout(() => toast.remove(), 8000);
  }

  #gone(text) {
    $("#gone-text").textContent = text;
    $("#gone").hidden = false;
    $("#room").inert = true;
  }
}
