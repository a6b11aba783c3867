// What of the messages this person has not seen on this device: those of others with a number above the last one seen.
import { boot } from "./words.js";

export class Unread {
  #store = `talk-read:${boot.meeting}`;
  #last = { messages: 0, letters: 0, ...kept(`talk-read:${boot.meeting}`) };

  seen(kind, all) {
    const latest = Math.max(0, ...Object.values(all).map((each) => each.number));
    if (latest <= this.#last[kind]) return;
    this.#last[kind] = latest;
    localStorage.setItem(this.#store, JSON.stringify(this.#last));
  }

  counts(state, me) {
    const of = (kind) => Object.values(state[kind]).filter((each) => each.number > this.#last[kind] && each.participant_id !== me && !each.removed).length;
    return { messages: of("messages"), letters: of("letters") };
  }
}

function kept(name) {
  try { return JSON.parse(localStorage.getItem(name)) ?? {}; } catch { return {}; }
}
