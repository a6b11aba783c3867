// Ballots: prepared, open with turnout, closed with the result drawn and its arithmetic in one sentence.
import { h, fill, bar, $ } from "./dom.js";
import { ballotRule, ballots, underWay, values } from "./facts.js";
import { boot, percent, t } from "./words.js";

export const SIGNS = { for: "✓", against: "✕", abstain: "–" };

// What an answer is called in this ballot.
export const answerText = (ballot, choice) => t(`room.${ballot.kind === "opinion" ? "opinion" : "vote"}_${choice}`);

export function ruleText(ballot) {
  const [num, den] = ballot.threshold;
  const share = num === 1 && den === 2 ? t("room.half") : `${num}/${den}`;
  const rule = t(ballot.strict ? "room.rule_more_than" : "room.rule_at_least", { share, base: t(`room.base_${ballot.base}`) });
  return [t(`room.disclosure_${ballot.disclosure}`), rule, ballot.tie === "chair" ? t("room.tie_chair") : ""].filter(Boolean).join(" ");
}

// The quorum as it stood when the ballot opened.
export function quorumText(ballot) {
  const [num, den] = ballot.quorum;
  const facts = { n: ballot.present_total, members: ballot.members_total, needed: Math.ceil((ballot.members_total * num) / den) };
  return t(num ? "room_attendance.quorum_then" : "room_attendance.quorum_then_free", facts);
}

// The result as bars of all members, with numbers and shares, and whether it carried and why.
export function resultView(ballot, large = false) {
  const r = ballot.result;
  const line = (kind, value) => [h("span", { class: `answer ${kind}` }, SIGNS[kind], " ", answerText(ballot, kind)), bar([[kind, value]], r.members, large),
    h("span", { class: "number" }, h("strong", {}, String(value)), h("span", { class: "small muted" }, ` ${percent(value, r.base)}`))];
  return h("div", { class: `result-box${large ? " large" : ""}` },
    h("div", { class: "result-lines" }, ...line("for", r.for), ...line("against", r.against), ...line("abstain", r.abstain)),
    h("p", {}, h("span", { class: `chip ${r.carried ? "ok" : "bad"}` }, t(r.carried ? "room.carried" : "room.not_carried")), " ",
      r.decided_by === "chair" ? t("room.arithmetic_chair", { votes: r.for, against: r.against })
        : t(`room.arithmetic_${ballot.base}`, { votes: r.for, base: r.base, needed: r.needed, members: r.members })));
}

export class BallotsView {
  #room;
  constructor(room) { this.#room = room; }

  render(state) {
    const list = ballots(state).reverse().sort((a, b) => underWay(b) - underWay(a));
    fill($("#ballots"), list.length === 0 && h("p", { class: "muted" }, t("room.no_ballots")), list.map((ballot) => this.#ballot(state, ballot)),
      this.#room.runs && state.meeting.state === "live" && h("button", { "data-key": "new-ballot", onclick: () => this.#room.editBallot() }, t("room.new_ballot")));
  }

  #ballot(state, ballot) {
    const act = (key, label, name, kind = "") => h("button", { class: kind, "data-key": `${key}-${ballot.id}`, onclick: () => this.#room.do(name, { ballot_id: ballot.id }) }, label);
    const acts = this.#room.runs && [
      ballot.state === "prepared" && act("open", t("room.open_ballot"), "OpenBallot", "primary"),
      ballot.state === "prepared" && act("remove", t("room.remove_ballot"), "RemoveBallot", "quiet"),
      underWay(ballot) && act("close", t("room.close_ballot"), "CloseBallot", "primary"),
      ballot.state === "open" && act("pause", t("room.pause_ballot"), "PauseBallot", "quiet"),
      ballot.state === "paused" && act("resume", t("room.resume_ballot"), "ResumeBallot", "quiet"),
      ["closed", "void"].includes(ballot.state) && state.meeting.state === "live"
        && h("button", { class: "quiet", "data-key": `again-${ballot.id}`, onclick: () => this.#room.editBallot(ballot) }, t("room.repeat_ballot")),
      ["open", "paused", "closed"].includes(ballot.state) && this.#room.chairs
        && h("button", { class: "quiet danger", "data-key": `void-${ballot.id}`, onclick: () => this.#void(ballot) }, t("room.void_ballot")),
      ["closed", "void"].includes(ballot.state)
        && h("a", { class: "button quiet", "data-key": `record-${ballot.id}`, href: `/meetings/${boot.meeting}/ballots/${ballot.id}/record.json` }, t("room.ballot_record")),
    ].filter(Boolean);
    const before = state.ballots[ballot.previous_id];
    return h("article", { class: `ballot ${ballot.state}`, "data-key": `ballot-${ballot.id}` },
      h("div", { class: "row spread" }, h("h3", {}, ballot.question), h("span", { class: `chip ${underWay(ballot) ? "now" : ballot.state === "void" ? "bad" : ""}` }, t(`room.ballot_${ballot.state}`))),
      h("p", { class: "small muted" }, ruleText(ballot)),
      before && h("p", { class: "small" }, t("room.repeats", { question: before.question })),
      ballot.state === "void" && h("p", { class: "small" }, t("room.void_because", { reason: ballot.void_reason })),
      underWay(ballot) && this.#turnout(state, ballot),
      underWay(ballot) && !state.mandates[ballot.id] && this.#room.me && h("p", { class: "small" }, t("room.not_on_roll")),
      ballot.state === "closed" && resultView(ballot),
      ballot.opened_at && h("p", { class: "small muted" }, quorumText(ballot)),
      ballot.state === "closed" && this.#names(state, ballot),
      acts.length > 0 && h("div", { class: "row" }, ...acts));
  }

  #void(ballot) {
    this.#room.askReason(t("room.void_ballot"), t("room.void_hint"), (reason) => this.#room.do("VoidBallot", { ballot_id: ballot.id, reason }));
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
    const said = Object.entries(ballot.result.texts ?? {});
    if (!ballot.result.choices) return null;
    return h("details", {}, h("summary", { "data-key": `names-${ballot.id}` }, t("room.who_voted")),
      Object.entries(by).map(([choice, names]) => names.length > 0 && h("p", { class: "small" }, h("strong", {}, `${answerText(ballot, choice)}: `), names.sort().join(", "))),
      said.map(([key, text]) => h("p", { class: "small" }, h("strong", {}, `${state.participants[key]?.name ?? ""}: `), text)));
  }
}
