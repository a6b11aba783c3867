// The item in the centre: its title, what was decided; and the meeting's head with its state and time.
import { h, fill, $ } from "./dom.js";
import { conclusions, deputy, inCentre, items, recusals, running } from "./facts.js";
import { dateOf, t, timeOf } from "./words.js";

export class CurrentView {
  #room;
  constructor(room) { this.#room = room; }

  render(state) {
    this.#head(state);
    const item = inCentre(state, this.#room.looking);
    const number = items(state).findIndex((each) => each.id === item?.id) + 1;
    fill($("#item-head"), item && h("p", { class: "small muted" }, t("room.item_number", { n: number }), item.state === "running" && [` · ${t("room.item_running")} · `, h("strong", { "data-item-clock": item.id })]),
      item && h("h2", {}, item.title), item?.presenter && h("p", { class: "muted" }, item.presenter),
      item && item.state !== "running" && h("div", { class: "row" },
        this.#room.runs && state.meeting.state === "live" && h("button", { class: "compact", "data-key": "start-this", onclick: () => this.#start(item) },
          t(item.state === "done" ? "room.return_to" : "room.start_item")),
        running(state) && this.#room.looking && h("button", { class: "quiet compact", "data-key": "back-now", onclick: () => this.#room.look(null) }, t("room.back_to_now"))),
      item && this.#recusals(state, item));
    this.#conclusions(state);
    this.tick(state);
  }

  // Who does not vote on this item; oneself may say so, before its ballot opens.
  #recusals(state, item) {
    const me = state.participants[this.#room.me];
    const all = recusals(state, item.id);
    const own = all.find((each) => each.participant_id === me?.id);
    const may = me?.votes && this.#room.connection.role !== "projector" && ["invited", "live"].includes(state.meeting.state);
    const name = (each) => [state.participants[each.participant_id]?.name, each.reason && `(${each.reason})`].filter(Boolean).join(" ");
    return h("div", { class: "row small" },
      all.length > 0 && h("span", { class: "muted" }, `${t("room.recused")}: ${all.map(name).join(", ")}`),
      may && (own ? h("button", { class: "quiet compact", "data-key": "recusal-withdraw", onclick: () => this.#room.do("WithdrawRecusal", { recusal_id: own.id }) }, t("room.withdraw_recusal"))
        : h("button", { class: "quiet compact", "data-key": "recusal", onclick: () => this.#room.askReason(t("room.declare_recusal"), t("room.recusal_hint"),
          (reason) => this.#room.do("DeclareRecusal", { item_id: item.id, participant_id: me.id, reason })) }, t("room.declare_recusal"))));
  }

  async #start(item) {
    await this.#room.do("StartItem", { item_id: item.id });
    this.#room.look(null);
  }

  tick(state) {
    const left = Math.round((Date.parse(state.meeting.ends_at) - this.#room.connection.now()) / 60000);
    const text = left >= 0 ? t("room.meeting_left", { n: left }) : t("room.meeting_over_by", { n: -left });
    // Held on another day than planned, it has no time left to tell.
    const told = state.meeting.state === "live" && Math.abs(left) < 12 * 60;
    $("#meeting-time").textContent = told ? text : "";
  }

  #head(state) {
    const { meeting } = state;
    $("#meeting-title").textContent = meeting.title;
    const chair = Object.values(state.participants).find((person) => person.duty === "chair");
    const acting = deputy(state);
    $("#meeting-line").textContent = [chair && `${t("duty.chair")}: ${chair.title} ${chair.name}`, acting && t("room_deputy.line", { name: acting.name }), `${timeOf(meeting.starts_at)}–${timeOf(meeting.ends_at)}`].filter(Boolean).join(" · ");
    const chip = $("#meeting-state");
    chip.textContent = t(`room.state_${meeting.state}`);
    chip.className = `chip ${meeting.state === "live" ? "now" : meeting.state === "cancelled" ? "bad" : ""}`;
    $("#before").hidden = meeting.state !== "invited";
    fill($("#before"), h("p", {}, t(this.#room.runs ? "room.not_started_runs" : "room.not_started")));
    const over = ["finished", "cancelled"].includes(meeting.state);
    const ends = over && $("#after").hidden;
    $("#after").hidden = !over;
    if (ends) this.#room.look(null); // a phone shows one part at a time: the one that says so
    $("#after-text").textContent = t(meeting.state === "cancelled" ? "room.was_cancelled" : "room.has_ended");
    const { url, id, passcode } = meeting.video;
    $("#video").hidden = !url;
    if (url) $("#video-link").href = url;
    fill($("#video-facts"), id && h("li", {}, `${t("room.video_id")}: `, h("code", {}, id)), passcode && h("li", {}, `${t("room.video_passcode")}: `, h("code", {}, passcode)));
  }

  #conclusions(state) {
    const list = conclusions(state);
    const agency = (key) => state.agencies[key] ?? "";
    fill($("#conclusions"), list.length === 0 && h("p", { class: "muted" }, t("room.no_conclusions")), list.map((each, index) => h("article", { class: "conclusion", "data-key": `conclusion-${each.id}` },
      h("p", {}, h("strong", {}, `${index + 1}. `), each.text),
      h("p", { class: "small muted" }, [each.lead_agency_id && `${t("room.lead")}: ${agency(each.lead_agency_id)}`,
        each.support_agency_ids.length && `${t("room.support")}: ${each.support_agency_ids.map(agency).join(", ")}`, each.due_on && `${t("room.due")}: ${dateOf(each.due_on)}`].filter(Boolean).join(" · ")),
      this.#room.runs && state.meeting.minutes_state !== "approved" && h("div", { class: "row" },
        h("button", { class: "quiet compact", "data-key": `edit-${each.id}`, onclick: () => this.#room.editConclusion(each) }, t("room.edit")),
        h("button", { class: "quiet compact", "data-key": `drop-${each.id}`, onclick: () => this.#room.confirm(t("room.confirm_remove_conclusion"), () => this.#room.do("RemoveConclusion", { conclusion_id: each.id })) }, t("room.remove"))))),
      this.#room.runs && ["live", "finished"].includes(state.meeting.state) && state.meeting.minutes_state !== "approved"
        && h("button", { "data-key": "new-conclusion", onclick: () => this.#room.editConclusion() }, t("room.record_conclusion")));
  }
}
