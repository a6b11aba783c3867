// Whose page one sees: one's own, or the presenter's. Whoever looks elsewhere leaves, and comes back by one press. Whoever presents
// sends each page that he turns to; while one is on its way only the last one wanted waits.
import { presentation } from "./facts.js";

export class Following {
  #room;
  #wanted = null;
  #sending = false;
  on = true;

  constructor(room) { this.#room = room; }

  get shown() { return this.#room.state && presentation(this.#room.state); }
  get presents() { return Boolean(this.#room.me) && this.shown?.participant_id === this.#room.me; }
  // Runs the meeting, or was named by those who do.
  get may() { return this.#room.runs || this.presents; }

  async show(paper, page) {
    this.#wanted = { paper_id: paper, page };
    if (this.#sending) return;
    this.#sending = true;
    while (this.#wanted) {
      const next = this.#wanted;
      this.#wanted = null;
      await this.#room.do("ShowPage", next);
    }
    this.#sending = false;
  }

  stop() {
    this.#wanted = null;
    return this.#room.do("StopPresenting");
  }
}
