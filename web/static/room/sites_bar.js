// The bridge sites in a bar, with those that are lost or in trouble by name; it opens the board.
import { bar, fill, h, $ } from "./dom.js";
import { barParts, countStates, SiteStates } from "./site_states.js";
import { t } from "./words.js";

const NAMED = 6;

export class SitesBar {
  #room;
  #states;
  #drawn = "";
  constructor(room, states = new SiteStates(room.connection)) {
    this.#room = room;
    this.#states = states;
    room.connection.on("presence", () => { if (room.state) this.render(room.state); });
  }

  get states() { return this.#states; }

  render(state) {
    const all = this.#states.all(state, this.#room.connection.now());
    this.#drawn = all.map((each) => each.state).join();
    $("#sites").hidden = all.length === 0 || ["finished", "cancelled"].includes(state.meeting.state);
    const counts = countStates(all);
    const named = (wanted, key) => {
      const names = all.filter((each) => each.state === wanted).map((each) => each.site.name);
      const told = names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ` ${t("room_sites.and_more", { n: names.length - NAMED })}` : "");
      return names.length > 0 && h("p", { class: `small ${wanted === "lost" ? "bad" : ""}` }, t(key, { names: told }));
    };
    fill($("#sites-bar"), bar(barParts(counts), all.length), h("p", { class: "small" }, t("room_sites.ready_of", { n: counts.ready, all: all.length })),
      named("lost", "room_sites.lost"), named("trouble", "room_sites.trouble_at"));
    $("#open-sites").hidden = !this.#room.runs;
  }

  // A site is lost by time passing, not by an event.
  tick(state) {
    const now = this.#states.all(state, this.#room.connection.now()).map((each) => each.state).join();
    if (now !== this.#drawn) this.render(state);
  }
}
