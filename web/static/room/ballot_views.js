// Ballots: prepared, open with turnout, closed with the result drawn and its arithmetic in one sentence.
import { h, fill, bar, $ } from "./dom.js";
import { ballotRule, ballots, values } from "./facts.js";
import { percent, t } from "./words.js";

export const SIGNS = { for: "✓", against: "✕", abstain: "–" };

export function ruleText(ballot) {
  const [num, den] = ballot.threshold;
  const share = num === 1 && den === 2 ? t("room.half") : `${num}/${den}`;
  return t(ballot.strict ? "room.rule_more_than" : "room.rule_at_least", { share, base: t(`room.base_${ballot.base}`) });
}

// The result as bars of all members, with numbers and shares, and whether it carried and why.
export function resultView(ballot, large = false) {
  const r = ballot.result;
  const line = (kind, value) => [h("span", { class: `answer ${kind}` }, SIGNS[kind] ?? "○", " ", t(`room.vote_${kind}`)), bar([[kind === "absent" ? "abstain" : kind, value]], r.members, large),
    h("span", { class: "number" }, h("strong", {}, String(value)), h("span", { class: "small muted" }, ` ${percent(value, r.base)}`))];
  return h("div", { class: `result-box${large ? " large" : ""}` },
    h("div", { class: "result-lines" }, ...line("for", r.for), ...line("against", r.against), ...line("abstain", r.abstain)),
    h("p", {}, h("span", { class: `chip ${r.carried ? "ok" : "bad"}` }, t(r.carried ? "room.carried" : "room.not_carried")), " ",
      t(`room.arithmetic_${ballot.base}`, { votes: r.for, base: r.base, needed: r.needed, members: r.members })));
}

export class BallotsView {
  #room;
  constructor(room) { this.#room = room; }

  render(state) {
    const list = ballots(state).reverse().sort((a, b) => (b.state === "open") - (a.state === "open"));
    fill($("#ballots"), list.length === 0 && h("p", { class: "muted" }, t("room.no_ballots")), list.map((ballot) => this.#ballot(state, ballot)),
      this.#room.runs && state.meeting.state === "live" && h("button", { "data-key": "new-ballot", onclick: () => this.#room.editBallot() }, t("room.new_ballot")));
  }

  #ballot(state, ballot) {
    const act = (key, label, name, kind = "") => h("button", { class: kind, "data-key": `${key}-${ballot.id}`, onclick: () => this.#room.do(name, { ballot_id: ballot.id }) }, label);
    const acts = this.#room.runs && [
      ballot.state === "prepared" && act("open", t("room.open_ballot"), "OpenBallot", "primary"),
      ballot.state === "prepared" && act("remove", t("room.remove_ballot"), "RemoveBallot", "quiet"),
      ballot.state === "open" && act("close", t("room.close_ballot"), "CloseBallot", "primary"),
    ].filter(Boolean);
    return h("article", { class: `ballot ${ballot.state}` },
      h("div", { class: "row spread" }, h("h3", {}, ballot.question), h("span", { class: `chip ${ballot.state === "open" ? "now" : ""}` }, t(`room.ballot_${ballot.state}`))),
      h("p", { class: "small muted" }, t("room.named_open"), " ", ruleText(ballot)),
      ballot.state === "open" && this.#turnout(state, ballot),
      ballot.state === "open" && !state.mandates[ballot.id]?.entitled && this.#room.me && h("p", { class: "small" }, t("room.not_on_roll")),
      ballot.state === "closed" && resultView(ballot),
      ballot.state === "closed" && this.#names(state, ballot),
      acts.length > 0 && h("div", { class: "row" }, ...acts));
  }

  #turnout(state, ballot) {
    const rule = ballotRule(ballot);
    const waiting = ballot.voted ? values(state.participants).filter((p) => p.votes && p.attendance !== "absent" && !ballot.voted.includes(p.id)) : [];
    return h("div", {}, bar([["brand", ballot.cast]], ballot.entitled, true),
      h("p", { class: "small" }, t("room.turnout", { n: ballot.cast, entitled: ballot.entitled }), ballot.base !== "cast" ? ` ${t("room.needs", { needed: rule.needed })}` : ""),
      waiting.length > 0 && waiting.length <= 12 && h("p", { class: "small muted" }, t("room.not_voted"), " ", waiting.map((p) => p.name).join(", ")));
  }

  #names(state, ballot) {
    const by = { for: [], against: [], abstain: [] };
    for (const [key, choice] of Object.entries(ballot.result.choices ?? {})) by[choice].push(state.participants[key]?.name ?? "");
    return h("details", {}, h("summary", { "data-key": `names-${ballot.id}` }, t("room.who_voted")),
      Object.entries(by).map(([choice, names]) => names.length > 0 && h("p", { class: "small" }, h("strong", {}, `${t(`room.vote_${choice}`)}: `), names.sort().join(", "))));
  }
}
