// Asking to speak for somebody of this hall, and the place of each request in the one queue.
import { fill, h, $ } from "./dom.js";
import { queue } from "./facts.js";
import { seatedAt } from "./site_states.js";
import { boot, t } from "./words.js";

export class SiteAsks {
  #page;
  constructor(page) {
    this.#page = page;
    $("#ask-who").addEventListener("change", () => this.#other());
    $("#ask-form").addEventListener("submit", (event) => this.#ask(event));
  }

  render(state) {
    const { site } = this.#page;
    const waiting = queue(state);
    const ours = waiting.filter((speech) => speech.site_id === boot.site);
    $("#asks").hidden = state.meeting.state !== "live";
    $("#ask-form").hidden = state.meeting.speaking_closed;
    fill($("#asks-list"), state.meeting.speaking_closed && h("p", { class: "notice" }, t("room.list_closed")),
      ours.length > 0 && h("ul", { class: "seated" }, ours.map((speech) => {
        const name = state.participants[speech.participant_id]?.name ?? speech.speaker;
        return h("li", { "data-key": `ask-${speech.id}` }, h("div", {}, h("span", { class: "strong" }, name), h("span", { class: "small muted block" }, [t("room_sites.place", { n: waiting.indexOf(speech) + 1, of: waiting.length }), speech.subject].filter(Boolean).join(" · "))),
          h("button", { class: "quiet compact", "data-key": `withdraw-${speech.id}`, "aria-label": `${t("room.withdraw")}: ${name}`, onclick: () => this.#page.connection.do("WithdrawRequest", { speech_id: speech.id }) }, t("room.withdraw")));
      })));
    const chosen = $("#ask-who").value;
    const order = seatedAt(state, site).sort((a, b) => (b.attendance !== "absent") - (a.attendance !== "absent"));
    const options = [site.lead && ["lead", site.lead], ...order.map((person) => [person.id, [person.name, person.title].filter(Boolean).join(", ")]), ["other", t("room_sites.ask_other")]].filter(Boolean);
    fill($("#ask-who"), options.map(([value, text]) => h("option", { value, "data-key": `who-${value}` }, text)));
    if (options.some(([value]) => value === chosen)) $("#ask-who").value = chosen;
    this.#other();
  }

  #other() {
    const other = $("#ask-who").value === "other";
    $("#ask-other").hidden = !other;
    $("#ask-name").required = other;
  }

  async #ask(event) {
    event.preventDefault();
    const who = $("#ask-who").value;
    const fields = who === "other" ? { speaker: $("#ask-name").value } : who === "lead" ? {} : { participant_id: who };
    const answer = await this.#page.do("AskForSite", { ...fields, subject: $("#ask-subject").value });
    if (answer.ok) { $("#ask-subject").value = ""; $("#ask-name").value = ""; }
  }
}
