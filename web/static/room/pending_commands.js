// Commands that the server has not yet answered for, by id, in the order given; they outlive a reload of the page.
import { boot } from "./words.js";

export class PendingCommands extends Map {
  #store = `commands:${boot.meeting}`;

  constructor() {
    super();
    for (const data of this.#kept()) super.set(data.id, { data, settle: () => {} });
  }

  set(id, waiting) {
    super.set(id, waiting);
    this.#keep();
    return this;
  }

  delete(id) {
    const was = super.delete(id);
    this.#keep();
    return was;
  }

  #kept() {
    try { return JSON.parse(sessionStorage.getItem(this.#store)) ?? []; } catch { return []; }
  }

  #keep() {
    sessionStorage.setItem(this.#store, JSON.stringify([...this.values()].map(({ data }) => data)));
  }
}
