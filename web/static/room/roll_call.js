// The roll call of those who run the meeting, for two hundred people: type a name, press Enter, and the next is at hand.
import { fold } from "../js/fold.js";
import { bar, h, fill, $ } from "./dom.js";
import { isGuest, values } from "./facts.js";
import { inProtocolOrder, isPresent, ROLL_STATES, rollCounts, rollState } from "./roll.js";
import { RollLine } from "./roll_line.js";
import { t } from "./words.js";

const COLOURS = { room: "ok", online: "online", left: "now", excused: "abstain", unexcused: "bad", awaited: "rest" };
const KEYS = { Enter: "room", 1: "room", 2: "online", 3: "excused", 4: "unexcused" };

export class RollCall {
  #room;
  #dialog = $("#roll-dialog");
  #find = $("#roll-find");
  #active = null;

  constructor(room) {
    this.#room = room;
    $("#open-roll").addEventListener("click", () => this.#open());
    this.#find.addEventListener("input", () => { this.#active = null; this.render(room.state); });
    for (const select of [$("#roll-agency"), $("#roll-state")]) select.addEventListener("change", () => this.render(room.state));
    this.#find.addEventListener("keydown", (event) => this.#key(event));
  }

  render(state) {
    $("#roll-acts").hidden = !this.#room.runs;
    if (!this.#dialog.open) return;
    const people = inProtocolOrder(values(state.participants));
    this.#counts(state, people);
    this.#agencies(people);
    const shown = this.#shown(state, people);
    if (!shown.some((person) => person.id === this.#active)) this.#active = shown[0]?.id ?? null;
    const line = new RollLine(this.#room, state, (person, mark, more) => this.#mark(person, mark, more));
    fill($("#roll-list"), shown.length === 0 && h("p", { class: "muted" }, t("room_attendance.nobody_found")),
      this.#groups(shown).map(([name, group]) => h("section", { "data-key": `roll-${name}` },
        h("div", { class: "row spread roll-group" }, h("h3", {}, name || t("room.outside")), this.#all(state, name, group)),
        h("ul", {}, group.map((person) => line.of(person, person.id === this.#active))))));
  }

  #open() {
    this.#find.value = "";
    this.#dialog.showModal();
    this.render(this.#room.state);
    this.#find.focus();
  }

  #counts(state, people) {
    const counts = rollCounts(people, state.meeting);
    fill($("#roll-counts"), bar(ROLL_STATES.map((name) => [COLOURS[name], counts[name]]), people.length, true),
      h("ul", { class: "legend" }, ROLL_STATES.filter((name) => counts[name]).map((name) => h("li", { class: `fill-${COLOURS[name]}` }, t(`room_attendance.n_${name}`, { n: counts[name] })))));
  }

  #agencies(people) {
    const names = [...new Set(people.map((person) => person.agency).filter(Boolean))];
    const chosen = $("#roll-agency").value;
    fill($("#roll-agency"), h("option", { value: "" }, t("room_attendance.every_agency")), names.map((name) => h("option", { value: name, "data-key": `of-${name}` }, name)));
    $("#roll-agency").value = chosen;
  }

  #shown(state, people) {
    const words = fold(this.#find.value).split(/\s+/).filter(Boolean);
    const [agency, wanted] = [$("#roll-agency").value, $("#roll-state").value];
    return people.filter((person) => (!agency || person.agency === agency) && (!wanted || rollState(person, state.meeting) === wanted)
      && words.every((word) => fold(`${person.name} ${person.title} ${person.agency}`).includes(word)));
  }

  // Members by agency; substitutes and guests apart.
  #groups(people) {
    const groups = new Map();
    const last = { substitute: t("room_attendance.substitutes"), guest: t("room_attendance.guests") };
    const nameOf = (person) => (person.substitute_for_id ? last.substitute : isGuest(person) ? last.guest : person.agency);
    for (const person of people) groups.set(nameOf(person), [...(groups.get(nameOf(person)) ?? []), person]);
    const late = Object.values(last);
    return [...groups].sort(([a], [b]) => late.includes(a) - late.includes(b));
  }

  #all(state, name, group) {
    const waiting = group.filter((person) => rollState(person, state.meeting) === "awaited");
    return waiting.length > 1 && h("button", { class: "compact quiet", "data-key": `all-${name}`, onclick: () => waiting.forEach((person) => this.#mark(person, "room")) },
      t("room_attendance.all_present", { n: waiting.length }));
  }

  #key(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const order = [...$("#roll-list").querySelectorAll("[data-person]")].map((line) => line.dataset.person);
    const at = order.indexOf(this.#active);
    if (["ArrowDown", "ArrowUp"].includes(event.key)) this.#go(order[at + (event.key === "ArrowDown" ? 1 : -1)]);
    else if (KEYS[event.key] && this.#active) this.#byKey(KEYS[event.key], order[at + 1]);
    else return;
    event.preventDefault();
  }

  // The name that was typed has served; the list goes on after whoever was marked.
  #byKey(mark, next) {
    const person = this.#room.state.participants[this.#active];
    if (["excused", "unexcused"].includes(mark) && isPresent(person)) return;
    this.#mark(person, mark);
    const typed = this.#find.value !== "";
    this.#find.value = "";
    this.#active = typed ? person.id : next ?? person.id;
    this.render(this.#room.state);
    this.#go(this.#active);
  }

  #go(key) {
    if (!key) return;
    this.#active = key;
    this.render(this.#room.state);
    const line = $(`[data-person="${key}"]`);
    line?.scrollIntoView({ block: "nearest" });
    $("#roll-active").textContent = line?.querySelector(".roll-who").textContent ?? "";
  }

  #mark(person, mark, reason) {
    const absent = ["excused", "unexcused"].includes(mark);
    const fields = absent ? { attendance: "absent", absence: mark, reason: reason ?? "" } : { attendance: mark === "left" ? "absent" : mark, reason: reason ?? "" };
    return this.#room.do("MarkAttendance", { participant_id: person.id, ...fields });
  }
}
