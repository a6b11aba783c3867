// Who could vote now, who not and why; with the proxies and weights of the body's rules.
import { prepared, readiness } from "./ballot_facts.js";
import { h, fill, $ } from "./dom.js";
import { openBallot, values } from "./facts.js";
import { inProtocolOrder, isPresent } from "./roll.js";
import { t } from "./words.js";

const FILTERS = ["all", "can", "cannot"];

export class ReadyList {
  #room;
  #dialog = $("#ready-dialog");
  #ballot = null;
  #filter = "all";

  constructor(room) {
    this.#room = room;
    $("#ready-proxies").addEventListener("change", (event) => room.do("AllowProxies", { allowed: event.target.checked }));
    this.#form("#proxy-form", (f) => room.do("GiveProxy", { participant_id: f.giver.value, holder_id: f.holder.value }));
    this.#form("#weight-form", (f) => room.do("SetWeight", { participant_id: f.member.value, weight: Number(f.weight.value) }));
  }

  show(ballot) {
    this.#ballot = ballot.id;
    this.#dialog.showModal();
    this.render(this.#room.state);
  }

  render(state) {
    if (!this.#dialog.open) return;
    const ballot = state.ballots[this.#ballot] ?? openBallot(state) ?? prepared(state)[0];
    if (!ballot) return void this.#dialog.close();
    const { can, cannot, all } = readiness(state, ballot);
    fill($("#ready-head"), h("p", {}, h("strong", {}, ballot.question)), h("p", { class: "muted" }, t("room_ballots.ready", { count: can.length, all: all.length })));
    const shown = { all: [...can, ...cannot], can, cannot };
    fill($("#ready-filter"), FILTERS.map((name) => h("button", { class: "compact", "data-key": `ready-${name}`, "aria-pressed": String(name === this.#filter), onclick: () => { this.#filter = name; this.render(this.#room.state); } },
      `${t(`room_ballots.ready_${name}`)} ${shown[name].length}`)));
    fill($("#ready-people"), shown[this.#filter].length === 0 && h("li", { class: "muted" }, t("room_ballots.ready_nobody")), shown[this.#filter].map((each) => this.#line(each, can.includes(each))));
    this.#rules(state);
  }

  #line({ person, reason, by }, can) {
    const said = [t(`room_ballots.reason_${reason}`, { name: by?.name }), person.weight !== 1 && person.votes && t("room_ballots.weight_of", { weight: person.weight })].filter(Boolean).join(", ");
    return h("li", { class: "ready-person", "data-key": `ready-${person.id}` },
      h("span", {}, h("strong", {}, person.name), h("span", { class: "small muted block" }, [person.title, person.agency].filter(Boolean).join(" · "))),
      h("span", { class: `chip ${can ? "ok" : ""}` }, said));
  }

  #rules(state) {
    const allowed = state.meeting.proxies_allowed;
    $("#ready-proxies").checked = allowed;
    $("#proxy-form").hidden = !allowed;
    const people = inProtocolOrder(values(state.participants)).filter((person) => person.votes);
    const absentFirst = [...people].sort((a, b) => isPresent(a) - isPresent(b));
    for (const [selector, list] of [["#proxy-giver", absentFirst], ["#proxy-holder", people], ["#weight-member", people]]) fill($(selector), list.map((person) => h("option", { value: person.id, "data-key": person.id }, person.name)));
    const name = (key) => state.participants[key]?.name ?? "";
    fill($("#proxy-list"), allowed && values(state.proxies).map((proxy) => h("li", { class: "row spread", "data-key": proxy.id },
      h("span", {}, t("room_ballots.proxy_line", { giver: name(proxy.participant_id), holder: name(proxy.holder_id) })),
      h("button", { class: "quiet compact", "data-key": `withdraw-${proxy.id}`, onclick: () => this.#room.do("WithdrawProxy", { proxy_id: proxy.id }) }, t("room_ballots.withdraw_proxy")))));
  }

  #form(selector, send) {
    const form = $(selector);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await send(form.elements);
      fill(form.querySelector("[data-refused]"), !answer.ok && h("p", { class: "notice bad", role: "alert" }, answer.text));
    });
  }
}
