// How long each person and each agency has spoken, drawn; up to date when a speech begins, pauses or ends.
import { bar, h, fill, $ } from "./dom.js";
import { speakingTimes } from "./facts.js";
import { countdown, t } from "./words.js";

export class SpeakingTimes {
  #room;
  constructor(room) { this.#room = room; }

  render(state) {
    const times = speakingTimes(state, this.#room.connection.now());
    $("#speaking-times").hidden = times.length === 0;
    const agencies = new Map();
    for (const [who, seconds] of times) {
      const agency = state.participants[who.id]?.agency ?? who.name; // a site speaks for itself
      agencies.set(agency, (agencies.get(agency) ?? 0) + seconds);
    }
    draw("#speaking-times-list", times.map(([who, seconds]) => [who.id, who.name, seconds]));
    draw("#agency-times-list", [...agencies].sort((a, b) => b[1] - a[1]).map(([name, seconds]) => [name, name || t("room.outside"), seconds]));
  }
}

// rows: [key, name, seconds], longest first.
function draw(list, rows) {
  const most = rows[0]?.[2] ?? 1;
  fill($(list), rows.map(([key, name, seconds]) => h("li", { "data-key": `time-${key}` },
    h("span", { class: "row spread small" }, h("span", {}, name), h("span", { class: "muted" }, countdown(seconds))), bar([["brand", seconds]], most))));
}
