// Who has opened which paper, for those who run the meeting: asked for now and then, since nothing in the room tells of it.
import { $, fill, h } from "./dom.js";
import { boot, t, timeOf } from "./words.js";

const EVERY = 20_000;

export class Openings {
  #room;
  #counts = {};
  #asked = 0;
  constructor(room) { this.#room = room; }

  button(paper) {
    const n = this.#counts[paper.id] ?? 0;
    const of = Object.keys(this.#room.state.participants).length;
    return h("button", { class: "as-text small muted block openings", "data-key": `openings-${paper.id}`, onclick: () => this.#show(paper) }, t("room_papers.opened_by", { n, of }));
  }

  async tick() {
    if (!this.#room.runs || document.hidden || document.body.dataset.shown !== "papers" || Date.now() - this.#asked < EVERY) return;
    this.#asked = Date.now();
    const said = await ask(`${boot.page}/openings`);
    if (!said) return;
    this.#counts = said.counts;
    this.#room.redraw();
  }

  async #show(paper) {
    $("#openings-title").textContent = paper.title;
    fill($("#openings-list"), h("p", { class: "muted" }, t("room_papers.opening")));
    $("#openings-dialog").showModal();
    const said = await ask(`${boot.page}/openings?paper=${paper.id}`);
    const { participants } = this.#room.state;
    const opened = new Map((said?.openings ?? []).map((each) => [each.participant_id, each]));
    const line = (person, text) => h("li", { class: "row spread" }, h("span", {}, person.name, h("span", { class: "small muted block" }, [person.title, person.agency].filter(Boolean).join(" · "))), h("span", { class: "small" }, text));
    const people = Object.values(participants).sort((a, b) => (a.name_key < b.name_key ? -1 : 1));
    const not = people.filter((person) => !opened.has(person.id));
    fill($("#openings-list"), said ? [
      not.length > 0 && h("h3", {}, t("room_papers.not_opened", { n: not.length })), h("ul", { class: "list" }, not.map((person) => line(person, ""))),
      opened.size > 0 && h("h3", {}, t("room_papers.opened", { n: opened.size })),
      h("ul", { class: "list" }, people.filter((person) => opened.has(person.id)).map((person) => line(person, t("room_papers.opened_at", { time: timeOf(opened.get(person.id).first_at), n: opened.get(person.id).times })))),
    ] : h("p", { class: "muted" }, t("room_papers.cannot_ask")));
  }
}

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
