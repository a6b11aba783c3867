// The screen at the door: a code that changes, how many are present, and who came last.
import { ring } from "./attendance_view.js";
import { Connection } from "./connection.js";
import { codeAddress, secondsLeft } from "./door_code.js";
import { $, fill, h } from "./dom.js";
import { attendance, values } from "./facts.js";
import { isPresent } from "./roll.js";
import { t, timeOf } from "./words.js";

const SHOWN = 4;

class Door {
  #connection = new Connection();
  constructor() {
    this.#connection.on("change", () => this.#render(this.#connection.state));
    this.#connection.on("status", () => this.#tick());
    setInterval(() => this.#tick(), 500);
  }

  get state() { return this.#connection.state; }

  #render(state) {
    const facts = attendance(state);
    fill($("#quorum"), ring(facts), h("p", {}, t("room.present_of", { n: facts.present, members: facts.members })));
    const came = values(state.participants).filter((person) => isPresent(person) && person.arrived_at).sort((a, b) => (a.arrived_at < b.arrived_at ? 1 : -1));
    fill($("#latest"), came.length === 0 && h("li", { class: "muted" }, t("room_door.nobody_yet")), came.slice(0, SHOWN).map((person) => h("li", { "data-key": person.id },
      h("div", {}, h("strong", {}, person.name), h("span", { class: "small muted block" }, [person.title, person.agency].filter(Boolean).join(" · "))), h("span", { class: "muted" }, timeOf(person.arrived_at)))));
    this.#tick();
  }

  // Without a connection there is no code to trust: the old one is taken away.
  #tick() {
    const connected = this.#connection.status === "connected";
    const now = this.#connection.now();
    $("#cut").hidden = connected;
    $("#code").hidden = !connected;
    $("#left").textContent = connected ? t("room_door.changes_in", { n: secondsLeft(now) }) : "";
    const address = codeAddress(now);
    if (connected && $("#code").getAttribute("src") !== address) $("#code").setAttribute("src", address);
  }
}

window.room = new Door();
