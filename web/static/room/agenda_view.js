// The agenda: where we are, what is done, and how the time goes.
import { h, fill, bar, $ } from "./dom.js";
import { items, spentSeconds } from "./facts.js";
import { t } from "./words.js";

export class AgendaView {
  #room;
  constructor(room) { this.#room = room; }

  render(state) {
    const order = items(state);
    const done = order.filter((item) => item.state === "done").length;
    const total = order.reduce((sum, item) => sum + item.minutes, 0);
    const parts = order.map((item) => [item.state === "done" ? "ok" : item.state === "running" ? "now" : "rest", item.minutes || 1]);
    fill($("#agenda-progress"), bar(parts, parts.reduce((sum, [, minutes]) => sum + minutes, 0)),
      h("p", { class: "small muted" }, t("room.progress", { done, n: order.length }), " · ", t("room.planned", { n: total })));
    fill($("#agenda"), order.map((item, index) => this.#item(item, index, order)));
    this.tick(state);
  }

  tick(state) {
    const now = this.#room.connection.now();
    for (const clock of document.querySelectorAll("[data-item-clock]")) {
      const item = state.items[clock.dataset.itemClock];
      if (!item) continue;
      const left = Math.ceil(item.minutes - spentSeconds(item, now) / 60);
      clock.textContent = left >= 0 ? t("room.minutes_left", { n: left }) : t("room.minutes_over", { n: -left });
      clock.classList.toggle("late", left < 0);
    }
  }

  #item(item, index, order) {
    const mark = item.state === "done" ? "✓" : String(index + 1);
    const spent = Math.round(item.spent_seconds / 60) || "<1";
    const minutes = item.state === "running" ? h("span", { class: "strong small", "data-item-clock": item.id })
      : h("span", { class: "small muted" }, item.state === "done" ? t("room.took", { n: spent }) : t("room.minutes", { n: item.minutes }));
    const papers = Object.values(this.#room.state.papers).filter((paper) => paper.item_id === item.id).length;
    const more = [item.presenter, papers ? t("room.n_papers", { n: papers }) : ""].filter(Boolean).join(" · ");
    return h("li", { class: `agenda-item ${item.state}`, "data-key": `row-${item.id}`, "aria-current": item.state === "running" ? "step" : null },
      h("span", { class: "mark", "aria-hidden": "true" }, mark),
      h("div", {},
        h("button", { class: "as-text", "data-key": `item-${item.id}`, onclick: () => this.#room.look(item.id) }, item.title),
        h("span", { class: "visually-hidden" }, t(`room.item_${item.state}`)),
        more && h("span", { class: "small muted block" }, more),
        this.#room.runs && (item.state === "running" || item.id === this.#room.looking) && this.#acts(item, index, order)),
      minutes);
  }

  #acts(item, index, order) {
    if (this.#room.state.meeting.state !== "live") return null;
    const ids = order.map((each) => each.id);
    const swap = (by) => {
      const moved = [...ids];
      [moved[index], moved[index + by]] = [moved[index + by], moved[index]];
      this.#room.do("ReorderItems", { item_ids: moved });
    };
    const act = (key, label, onclick) => h("button", { class: "quiet compact", "data-key": `${key}-${item.id}`, onclick, "aria-label": `${label}: ${item.title}` }, label);
    return h("div", { class: "row item-acts" },
      item.state !== "running" && act("start", t(item.state === "done" ? "room.return_to" : "room.start_item"), () => this.#room.do("StartItem", { item_id: item.id })),
      item.state === "running" && act("finish", t("room.finish_item"), () => this.#room.do("FinishItem", { item_id: item.id })),
      index > 0 && act("up", "↑", () => swap(-1)),
      index < order.length - 1 && act("down", "↓", () => swap(1)));
  }
}
