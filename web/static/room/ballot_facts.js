// What the views work out of a ballot: pure functions, no document.
import { ballots, recusals, values } from "./facts.js";
import { inProtocolOrder, isPresent } from "./roll.js";

export const ballotRule = (ballot) => {
  const base = { all: ballot.weight_total, present: ballot.entitled_weight, cast: ballot.cast }[ballot.base];
  const [num, den] = ballot.threshold;
  const exact = (base * num) / den;
  return { base, needed: ballot.strict ? Math.floor(exact + 1e-9) + 1 : Math.ceil(exact - 1e-9) };
};

// The mandates that one casts in this ballot, one's own first.
export const mandates = (state, ballot) => values(state.mandates).filter((each) => each.ballot_id === ballot.id)
  .sort((a, b) => (a.of ?? "") < (b.of ?? "") ? -1 : 1);

export const prepared = (state) => ballots(state).filter((ballot) => ballot.state === "prepared");

// Seconds until it closes by itself, or null. A pause stops them.
export function timeLeft(ballot, now) {
  if (!ballot.closes_at || !["open", "paused"].includes(ballot.state)) return null;
  const at = ballot.state === "paused" ? Date.parse(ballot.paused_at) : now;
  return Math.max(0, Math.ceil((Date.parse(ballot.closes_at) - at) / 1000));
}

// Who could vote if it were opened now, and who not and why: {can, cannot, all}, each [{person, reason, by}]. `all`: members with a vote.
export function readiness(state, ballot) {
  const recused = new Set(ballot.item_id ? recusals(state, ballot.item_id).map((each) => each.participant_id) : []);
  const holders = new Map(state.meeting.proxies_allowed ? values(state.proxies).map((proxy) => [proxy.participant_id, state.participants[proxy.holder_id]]) : []);
  const stand = (person) => {
    const holder = holders.get(person.id);
    if (!person.votes) return { person, reason: person.substitute_for_id ? "substitute" : "no_vote" };
    if (recused.has(person.id)) return { person, reason: "recused" };
    if (isPresent(person)) return { person, reason: "ready" };
    return holder?.votes && isPresent(holder) && !recused.has(holder.id) ? { person, reason: "proxy", by: holder } : { person, reason: "absent" };
  };
  const all = inProtocolOrder(values(state.participants)).map(stand);
  const can = all.filter(({ reason }) => ["ready", "proxy"].includes(reason));
  return { can, cannot: all.filter((each) => !can.includes(each)), all: all.filter(({ person }) => person.votes) };
}
