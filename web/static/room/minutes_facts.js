// The words of the facts that stand in the minutes: the server makes them from how the room now is; each place that shows one
// is drawn again when they change.
import { h, fill } from "./dom.js";
import { t } from "./words.js";

const WAIT = 400;
const key = (kind, of) => `${kind}:${of}`;

export class RoomFacts {
  #connection;
  #lines = {};
  #shown = new Set();
  #timer = 0;

  constructor(connection) {
    this.#connection = connection;
    connection.on("change", () => this.soon());
    this.soon(0);
  }

  // Many readers do not ask all at the same moment.
  soon(wait = WAIT * (1 + Math.random())) {
    this.#timer ||= setTimeout(() => { this.#timer = 0; this.#ask(); }, wait);
  }

  async #ask() {
    const { socket } = this.#connection;
    if (!socket.connected) return; // the next `change` asks
    const answer = await socket.timeout(8000).emitWithAck("facts", {}).catch(() => null);
    if (!answer?.ok) return;
    this.#lines = answer.facts;
    for (const view of this.#shown) view.draw();
  }

  of(kind, of) { return this.#lines[key(kind, of)] ?? []; }

  // ProseMirror's view of a `fact` node.
  view(node) { return new FactView(node, this, this.#shown); }
}

class FactView {
  dom = h("div", { class: "fact", role: "group", contenteditable: "false" });
  #node;
  #facts;
  #shown;
  constructor(node, facts, shown) {
    [this.#node, this.#facts, this.#shown] = [node, facts, shown];
    shown.add(this);
    this.draw();
  }

  draw() {
    const { kind, of } = this.#node.attrs;
    const lines = this.#facts.of(kind, of);
    const label = t(`room_minutes.fact_${kind}`);
    this.dom.setAttribute("aria-label", label);
    fill(this.dom, h("span", { class: "fact-kind" }, label),
      lines.length ? lines.map((line) => h("p", {}, line)) : h("p", { class: "muted" }, t(`fact.empty_${kind}`)));
  }

  update(node) {
    if (node.type !== this.#node.type) return false;
    this.#node = node;
    this.draw();
    return true;
  }

  selectNode() { this.dom.classList.add("selected"); }
  deselectNode() { this.dom.classList.remove("selected"); }
  ignoreMutation() { return true; }
  destroy() { this.#shown.delete(this); }
}
