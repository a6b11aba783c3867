// The agenda: where we are, planned and real times, and what will be late before it is.
import { bar, fill, h, $ } from "./dom.js";
import { actsButton } from "./acts_dialog.js";
import { itemActs } from "./agenda_acts.js";
import { items } from "./facts.js";
import { forecast, minutesLeft, plannedStarts, pressure } from "./plan.js";
import { clockOf, t, timeOf } from "./words.js";

const MARKS = { done: "✓", skipped: "»", moved: "↗" };
const FILLS = { done: "ok", running: "now" };
const NOTICED = 3; // minutes of difference from the plan that are worth telling

export class AgendaView {
  #room;
  #told = new Set(); // warnings given to those who run the meeting
  #minute = "";
  constructor(room) { this.#room = room; }

  render(state) {
    const order = items(state);
    const pace = forecast(state, this.#room.connection.now());
    this.#progress(state, order, pace);
    const planned = plannedStarts(state);
    fill($("#agenda"), order.map((item, index) => this.#item(item, index, planned.get(item.id), pace?.starts.get(item.id))));
    this.tick(state);
  }

  tick(state) {
    const now = this.#room.connection.now();
    for (const clock of document.querySelectorAll("[data-item-clock]")) {
      const item = state.items[clock.dataset.itemClock];
      if (!item) continue;
      const left = Math.ceil(minutesLeft(item, now));
      const press = pressure(item, now);
      clock.textContent = press === "over" ? t("room.minutes_over", { n: Math.max(1, -left) }) : t("room.minutes_left", { n: Math.max(0, left) });
      clock.classList.toggle("late", press === "over");
      clock.classList.toggle("soon", press === "soon");
    }
    this.#warn(state, now);
    const minute = timeOf(new Date(now).toISOString());
    if (minute !== this.#minute) { // the forecast moves with the clock
      this.#minute = minute;
      this.render(state);
    }
  }

  #progress(state, order, pace) {
    const counted = order.filter((item) => item.state !== "moved");
    const done = counted.filter((item) => ["done", "skipped"].includes(item.state)).length;
    const parts = counted.map((item) => [FILLS[item.state] ?? "rest", item.minutes || 1]);
    const late = pace?.late ?? 0;
    fill($("#agenda-progress"), bar(parts, parts.reduce((sum, [, minutes]) => sum + minutes, 0)),
      h("p", { class: "small muted" }, t("room.progress", { done, n: counted.length }),
        !pace && ["", ` · ${t("room.planned", { n: counted.reduce((sum, item) => sum + item.minutes, 0) })}`]),
      pace && h("p", { class: `pace small ${late >= NOTICED ? "behind" : ""}` }, t("room_agenda.pace", { time: clockOf(pace.ends) }), " ",
        h("strong", {}, late >= NOTICED ? t("room_agenda.behind", { n: late }) : late <= -NOTICED ? t("room_agenda.ahead", { n: -late }) : t("room_agenda.on_time"))));
  }

  // Told once each, to those who can still do something about it.
  #warn(state, now) {
    if (!this.#room.runs || state.meeting.state !== "live") return this.#told.clear();
    const item = items(state).find((each) => each.state === "running");
    if (item && pressure(item, now) === "soon") this.#say(`soon ${item.id}`, t("room_agenda.warn_soon", { title: item.title }));
    const late = forecast(state, now)?.late ?? 0;
    if (late >= NOTICED) this.#say("behind", t("room_agenda.warn_behind", { n: late }));
    else this.#told.delete("behind");
  }

  #say(key, text) {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#room.note(text, "warn");
  }

  #item(item, index, planned, expected) {
    const room = this.#room;
    const papers = Object.values(room.state.papers).filter((paper) => paper.item_id === item.id).length;
    const more = [item.presenter, papers ? t("room.n_papers", { n: papers }) : "", item.state === "moved" ? t("room_agenda.moved_to", { title: item.moved_to }) : ""].filter(Boolean).join(" · ");
    return h("li", { class: `agenda-item ${item.state}`, "data-key": `row-${item.id}`, "aria-current": item.state === "running" ? "step" : null },
      h("span", { class: "mark", "aria-hidden": "true" }, MARKS[item.state] ?? String(index + 1)),
      h("div", {},
        h("button", { class: "as-text", "data-key": `item-${item.id}`, onclick: () => room.look(item.id) }, item.title),
        h("span", { class: item.state === "skipped" ? "small block" : "visually-hidden" }, t(`room.item_${item.state}`)),
        more && h("span", { class: "small muted block" }, more),
        this.#times(item, planned, expected)),
      room.runs && ["invited", "live"].includes(room.state.meeting.state) && actsButton(`acts-${item.id}`, item.title, () => room.acts(() => itemActs(room, item.id))));
  }

  // "09:10 · 30′" as planned; "09:02–09:14 · 12′" as it was; what differs is said.
  #times(item, planned, expected) {
    const took = Math.round(item.spent_seconds / 60) || "<1";
    if (item.state === "running") return h("span", { class: "item-time" }, timeOf(item.started_at), " · ", h("strong", { "data-item-clock": item.id }));
    if (item.state === "done") return h("span", { class: "item-time muted" }, `${timeOf(item.started_at)}–${timeOf(item.finished_at)} · `, t("room_agenda.took", { n: took, planned: item.minutes }));
    if (item.state !== "planned") return null;
    const differs = expected && Math.abs(expected - planned) >= NOTICED * 60_000;
    return h("span", { class: "item-time muted" }, clockOf(planned), " · ", t("room.minutes", { n: item.minutes }),
      differs && [" · ", h("span", { class: expected > planned ? "behind" : "" }, t("room_agenda.likely", { time: clockOf(expected) }))]);
  }
}
