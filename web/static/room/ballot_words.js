// What ballots are called and say: answers, rules, outcomes in sentences.
import { t, timeOf } from "./words.js";

export const SIGNS = { for: "✓", against: "✕", abstain: "–" };
const WON = {
  election: ["room_ballots.elected", "room_ballots.nobody_elected", "room_ballots.is_elected"],
  choice: ["room_ballots.chosen", "room_ballots.nothing_chosen", "room_ballots.is_chosen"],
  approval: ["room_ballots.approved", "room_ballots.nothing_approved", "room_ballots.is_approved"],
};

export const hasOptions = (ballot) => ballot.options.length > 0;

// What an answer is called in this ballot.
export const answerText = (ballot, choice) => t(`room.${ballot.kind === "opinion" ? "opinion" : "vote"}_${choice}`);

export const optionText = (ballot, key) => ballot.options.find((option) => option.id === key)?.text ?? "";

// The name, and what is said of it: "Trần An, Phó Chánh Văn phòng".
export function nameOf(text) {
  const at = text.search(/,| – /);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at).replace(/^(, ?| – )/, "")];
}

const shortNames = (ballot, keys) => keys.map((key) => nameOf(optionText(ballot, key))[0]).join("; ");

export const wonText = (ballot) => t(WON[ballot.kind][2]);

export function ruleText(ballot) {
  const [num, den] = ballot.threshold;
  const share = num === 1 && den === 2 ? t("room.half") : `${num}/${den}`;
  return [
    ballot.method === "hand" ? t("room_ballots.hand_told") : t(`room.disclosure_${ballot.disclosure}`),
    t(ballot.strict ? "room.rule_more_than" : "room.rule_at_least", { share, base: t(`room.base_${ballot.base}`) }),
    ballot.kind === "election" && t("room_ballots.rule_seats", { seats: ballot.seats }),
    ballot.most > 0 && t("room_ballots.rule_most", { most: ballot.most }),
    ballot.weighted && t("room_ballots.weighted_told"),
    ballot.tie === "chair" && t("room.tie_chair"),
    ["revote", "elder"].includes(ballot.tie) && t(`room_ballots.tie_told_${ballot.tie}`),
    ballot.closes_at && ballot.state === "open" && t("room_ballots.ends_at", { time: timeOf(ballot.closes_at) }),
  ].filter(Boolean).join(" ");
}

// The quorum as it stood when the ballot opened.
export function quorumText(ballot) {
  const [num, den] = ballot.quorum;
  const facts = { n: ballot.present_total, members: ballot.members_total, needed: Math.ceil((ballot.members_total * num) / den) };
  return t(num ? "room_attendance.quorum_then" : "room_attendance.quorum_then_free", facts);
}

// How one voted, in a few words.
export function voteText(ballot, vote) {
  if (!hasOptions(ballot)) return answerText(ballot, vote.choice);
  const chosen = Object.keys(vote.marks).filter((key) => vote.marks[key] === "for");
  const against = Object.keys(vote.marks).length - chosen.length;
  if (chosen.length + against === 0) return t("room_ballots.blank_vote");
  const names = [...chosen.slice(0, 3).map((key) => nameOf(optionText(ballot, key))[0]), chosen.length > 3 && t("room_ballots.and_more", { count: chosen.length - 3 })];
  return [...names, against && t("room_ballots.against_of", { count: against })].filter(Boolean).join(", ");
}

// The arithmetic behind a result in one sentence or two.
export function outcomeText(ballot) {
  const r = ballot.result;
  const said = hasOptions(ballot) ? elected(ballot, r) : [arithmetic(ballot, r)];
  return [...said, r.invalid > 0 && t("room_ballots.invalid", { invalid: r.invalid })].filter(Boolean).join(" ");
}

function arithmetic(ballot, r) {
  if (r.decided_by === "chair") return t("room.arithmetic_chair", { votes: r.for, against: r.against });
  if (r.tied) return t("room_ballots.arithmetic_tied", { votes: r.for, against: r.against });
  const key = ballot.weighted ? "room_ballots.arithmetic_weight" : `room.arithmetic_${ballot.base}`;
  return t(key, { votes: r.for, base: r.base, needed: r.needed, members: r.members });
}

function elected(ballot, r) {
  const [won, nobody] = WON[ballot.kind];
  const level = r.level.length > 0 && r.decided_by !== "elder";
  return [
    t(`room_ballots.needed_${ballot.weighted ? "weight" : ballot.base}`, { needed: r.needed, members: r.members, base: r.base }),
    r.elected.length > 0 ? t(won, { names: shortNames(ballot, r.elected) }) : !level && t(nobody),
    level && t("room_ballots.level", { free: r.free, names: shortNames(ballot, r.level) }),
    level && r.tied && t(`room_ballots.level_${ballot.tie}`),
    r.decided_by === "elder" && t("room_ballots.by_age"),
  ];
}

// Totals counted by hand, in words.
export function countText(ballot, count) {
  const lines = hasOptions(ballot)
    ? ballot.options.map((option) => `${nameOf(option.text)[0]} ${count.sums[option.id]}${ballot.kind === "approval" ? `/${count.against[option.id]}` : ""}`)
    : ["for", "against", "abstain"].map((choice) => `${answerText(ballot, choice).toLowerCase()} ${count.sums[choice]}`);
  return [...lines, `${t("room_ballots.count_valid").toLowerCase()} ${count.valid}`, `${t("room_ballots.count_invalid").toLowerCase()} ${count.invalid}`].join(", ");
}
