// Who sits where, as it now is: present, away, speaking; those who run the meeting choose a person, then a seat, or drag him there.
import { h, fill, $ } from "./dom.js";
import { speaker, values } from "./facts.js";
import { planTable, seatsOf } from "./plan_table.js";
import { inProtocolOrder, rollState } from "./roll.js";
import { boot, t } from "./words.js";

const SIGNS = { speaking: "●", room: "✓", online: "↔", left: "→", excused: "–", unexcused: "✕", awaited: "○" };

export class SeatingView {
  #room;
  #dialog = $("#seating-dialog");
  #plan = null;
  #chosen = null;

  constructor(room) {
    this.#room = room;
    $("#open-seating")?.addEventListener("click", () => this.#open());
  }

  render(state) {
    if (!this.#dialog.open || !this.#plan) return;
    const labels = new Set(seatsOf(this.#plan).map((cell) => cell.label));
    const seated = new Map(values(state.participants).filter((person) => labels.has(person.seat)).map((person) => [person.seat, person]));
    const mine = state.participants[this.#room.me];
    fill($("#seating-own"), labels.has(mine?.seat) && h("p", { class: "strong" }, t("room_seating.your_seat", { seat: mine.seat })));
    const states = [...seated.values()].map((person) => this.#state(person, state));
    fill($("#seating-legend"), Object.keys(SIGNS).filter((name) => states.includes(name)).map((name) => h("li", { class: `seat-key is-${name}` },
      h("span", { "aria-hidden": "true" }, SIGNS[name]), ` ${states.filter((each) => each === name).length} ${t(`room_seating.is_${name}`)}`)));
    fill($("#seating-plan"), planTable(this.#plan, (cell) => this.#seat(cell, seated.get(cell.label), state)));
    this.#people(state, labels);
  }

  async #open() {
    this.#chosen = null;
    const answer = await fetch(`${boot.page}/plan.json`);
    if (!answer.ok) return this.#room.note(t("room_seating.gone"), "bad");
    this.#plan = await answer.json();
    this.#dialog.showModal();
    this.render(this.#room.state);
    return this.#dialog.querySelector(".seat.mine")?.scrollIntoView({ block: "center", inline: "center" });
  }

  #state(person, state) {
    return speaker(state)?.participant_id === person.id ? "speaking" : rollState(person, state.meeting);
  }

  #arranges(state) { return this.#room.runs && ["invited", "live"].includes(state.meeting.state); }

  #seat(cell, person, state) {
    const now = person && this.#state(person, state);
    const said = [person?.name ?? t("room_seating.free"), now && t(`room_seating.is_${now}`)].filter(Boolean).join(", ");
    const look = `seat${person ? ` is-${now}` : ""}${person?.id === this.#room.me ? " mine" : ""}${person && person.id === this.#chosen ? " chosen" : ""}`;
    const inside = [h("span", { class: "seat-label" }, person && h("span", { class: "seat-sign", "aria-hidden": "true" }, SIGNS[now]), cell.label),
      person && h("span", { class: "seat-name" }, person.name.split(" ").at(-1)), h("span", { class: "visually-hidden" }, said)];
    if (!this.#arranges(state)) return h("div", { class: look, title: said, "data-key": `seat-${cell.label}` }, ...inside);
    return h("button", {
      type: "button", class: look, title: said, "data-key": `seat-${cell.label}`, draggable: person ? "true" : null,
      onclick: () => this.#press(cell, person), ...this.#drags(person), ondragover: (event) => event.preventDefault(),
      ondrop: (event) => { event.preventDefault(); this.#place(event.dataTransfer.getData("text/plain"), cell.label); },
    }, ...inside);
  }

  #drags(person) {
    return person ? { ondragstart: (event) => event.dataTransfer.setData("text/plain", person.id) } : {};
  }

  #press(cell, person) {
    if (this.#chosen && this.#chosen !== person?.id) return this.#place(this.#chosen, cell.label);
    return this.#choose(person?.id);
  }

  #choose(key) {
    this.#chosen = key && this.#chosen !== key ? key : null;
    this.render(this.#room.state);
  }

  #place(key, seat) {
    this.#chosen = null;
    if (this.#room.state.participants[key]) this.#room.do("PlaceParticipant", { participant_id: key, seat });
    this.render(this.#room.state);
  }

  #people(state, labels) {
    const people = inProtocolOrder(values(state.participants));
    const waiting = people.filter((person) => !labels.has(person.seat));
    const chosen = state.participants[this.#chosen];
    const arrange = (afresh) => this.#room.do("ArrangeSeats", { afresh });
    if (!this.#arranges(state)) return fill($("#seating-people"));
    return fill($("#seating-people"),
      h("p", { class: "small muted" }, t(chosen ? "room_seating.choose_seat" : "room_seating.choose_person", { name: chosen?.name ?? "" })),
      chosen?.seat && h("button", { class: "compact", "data-key": "unseat", onclick: () => this.#place(chosen.id, "") }, t("room_seating.unseat", { name: chosen.name })),
      h("button", { class: "compact", "data-key": "arrange", disabled: waiting.length === 0, onclick: () => arrange(false) }, t("room_seating.arrange")),
      h("button", { class: "compact quiet", "data-key": "arrange-afresh", onclick: () => this.#room.confirm(t("room_seating.confirm_afresh"), () => arrange(true)) }, t("room_seating.arrange_afresh")),
      h("h3", {}, t("room_seating.without", { n: waiting.length })),
      h("ul", {}, waiting.map((person) => h("li", { "data-key": `wait-${person.id}` }, h("button", {
        type: "button", class: "quiet compact person-pick", "data-key": `pick-${person.id}`, "aria-pressed": String(person.id === this.#chosen), draggable: "true",
        onclick: () => this.#choose(person.id), ...this.#drags(person),
      }, person.name)))));
  }
}
