// One site beside the board: whom to ring, what it tested, who sits there, what it asks.
import { fill, h, $ } from "./dom.js";
import { queue, values, voice } from "./facts.js";
import { CHECKS, seatedAt, SIGNS } from "./site_states.js";
import { t, timeOf } from "./words.js";

export class SiteDetail {
  #room;
  #close;
  constructor(room, close) {
    this.#room = room;
    this.#close = close;
  }

  render(state, chosen) {
    $("#site-detail").hidden = !chosen;
    if (!chosen) return fill($("#site-detail"));
    const { site } = chosen;
    const act = (key, label, name, fields) => h("button", { class: "compact", "data-key": key, onclick: () => this.#room.do(name, fields) }, label);
    fill($("#site-detail"),
      h("div", { class: "row spread" }, h("h3", {}, site.name), h("button", { class: "quiet compact", "data-key": "detail-close", onclick: this.#close }, t("room.close"))),
      h("p", {}, h("span", { class: `site-word ${chosen.state}` }, h("span", { "aria-hidden": "true" }, SIGNS[chosen.state]), " ", t(`room_sites.is_${chosen.state}`)), site.vouched && h("span", { class: "small muted" }, ` (${t("room_sites.vouched")})`)),
      site.trouble && h("p", { class: "notice warn" }, site.trouble),
      h("p", { class: "small" }, CHECKS.map((name) => `${t(`room_sites.check_${name}`)}: ${site[name] ? t(`room_sites.is_${site[name]}`) : t("room_sites.not_tested")}`).join(" · ")),
      site.test_at && h("p", { class: "small muted" }, t("room_sites.test_at", { time: timeOf(site.test_at), day: new Date(site.test_at).toLocaleDateString("vi") })),
      this.#contact(site),
      this.#asks(state, site, act),
      this.#people(state, site),
      h("div", { class: "row" }, site.ready ? act("unvouch", t("room_sites.unvouch"), "ReportReady", { site_id: site.id, ready: false })
        : act("vouch", t("room_sites.vouch"), "ReportReady", { site_id: site.id, ready: true })));
  }

  #contact(site) {
    const lead = [site.lead, site.lead_title].filter(Boolean).join(", ");
    if (!lead && !site.technician && !site.phone) return h("p", { class: "muted small" }, t("room_sites.no_contact"));
    return h("dl", { class: "facts" }, lead && [h("dt", {}, t("room_sites.lead")), h("dd", {}, lead)],
      (site.technician || site.phone) && [h("dt", {}, t("room_sites.technician")), h("dd", {}, site.technician, site.technician && site.phone && ", ", site.phone && h("a", { href: `tel:${site.phone.replace(/[^+\d]/g, "")}`, "data-key": "ring" }, site.phone))]);
  }

  #asks(state, site, act) {
    const ours = queue(state).filter((speech) => speech.site_id === site.id);
    return ours.length > 0 && h("ul", { class: "detail-list" }, ours.map((speech) => {
      const name = speech.participant_id ? voice(state, speech).name : speech.speaker;
      return h("li", { "data-key": `ask-${speech.id}` }, h("span", {}, `✋ ${[name, speech.subject].filter(Boolean).join(" · ")}`), act(`floor-${speech.id}`, t("room.give_floor_short"), "GiveFloor", { speech_id: speech.id }));
    }));
  }

  #people(state, site) {
    const seated = seatedAt(state, site);
    const free = values(state.participants).filter((person) => !person.site_id && !["chair"].includes(person.duty)).sort((a, b) => (a.name_key < b.name_key ? -1 : 1));
    const here = (person) => (person.attendance === "absent" ? "○" : "✓");
    const seat = (id, place) => this.#room.do("SeatAtSite", { participant_id: id, site_id: place });
    return h("div", {}, h("h4", {}, t("room_sites.people_here"), site.heads > 0 && h("span", { class: "muted small" }, ` · ${t("room_sites.heads_n", { n: site.heads })}`)),
      h("ul", { class: "detail-list" }, seated.map((person) => h("li", { "data-key": `seated-${person.id}` }, h("span", {}, h("span", { "aria-hidden": "true" }, `${here(person)} `), person.name, h("span", { class: "visually-hidden" }, t(person.attendance === "absent" ? "room_sites.not_yet" : "room_sites.is_here"))),
        h("button", { class: "quiet compact", "data-key": `unseat-${person.id}`, "aria-label": `${t("room_sites.unseat")}: ${person.name}`, onclick: () => seat(person.id, null) }, t("room.remove")))),
        site.visitors.map((name) => h("li", { class: "muted", "data-key": `visitor-${name}` }, name))),
      free.length > 0 && h("details", { "data-key": "seat-more" }, h("summary", { "data-key": "seat-summary" }, t("room_sites.seat")),
        h("div", { class: "field" }, h("label", { for: "seat-who" }, t("room_sites.seat_who")), h("select", { id: "seat-who", "data-key": "seat-who" }, free.map((person) => h("option", { value: person.id, "data-key": `free-${person.id}` }, `${person.name}${person.agency ? ` – ${person.agency}` : ""}`)))),
        h("button", { class: "compact", "data-key": "seat-do", onclick: () => seat($("#seat-who").value, site.id) }, t("room_sites.seat_do"))));
  }
}
