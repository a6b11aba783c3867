// What the room's views work out of the state: pure functions, no document.
import { isPresent, rollCounts } from "./roll.js";

const byPosition = (a, b) => a.position - b.position || (a.id < b.id ? -1 : 1);

const GUESTS = new Set(["guest", "press", "technician", "observer"]);

/** There without being a member. */
export const isGuest = (person) => GUESTS.has(person.duty);

export const values = (map) => Object.values(map);
export const items = (state) => values(state.items).sort(byPosition);
export const running = (state) => values(state.items).find((item) => item.state === "running") ?? null;
// The item in the centre: what this person looks at, or what is being discussed.
export const inCentre = (state, looking) => state.items[looking] ?? running(state) ?? items(state)[0];
// Null, too, when its paper or whoever presented is no longer there.
export const presentation = (state) => values(state.presentations)
  .find((each) => state.participants[each.participant_id] && (!each.paper_id || state.papers[each.paper_id])) ?? null;
export const announcements = (state) => values(state.announcements).sort((a, b) => (a.made_at < b.made_at ? 1 : -1));
export const speaker = (state) => values(state.speeches).find((speech) => speech.state === "speaking") ?? null;
export const held = (state) => values(state.speeches).find((speech) => speech.state === "held") ?? null;
export const deputy = (state) => values(state.participants).find((person) => person.deputy) ?? null;
export const byName = (a, b) => (a.name_key < b.name_key ? -1 : 1);
export const titled = (person) => [person.honorific, person.name].filter(Boolean).join(" ");
// On how the meeting is run, before the others; then a word to whoever speaks.
const RANKS = { order: 0, interjection: 1, request: 2 };
export const queue = (state) => values(state.speeches).filter((speech) => speech.state === "waiting")
  .sort((a, b) => RANKS[a.kind] - RANKS[b.kind] || byPosition(a, b));
// Whoever had the floor, in that order.
export const called = (state) => values(state.speeches).filter((speech) => speech.started_at).sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
export const answering = (state) => values(state.questions).find((question) => question.state === "answering") ?? null;
export const asker = (state, question) => titled(state.participants[question.participant_id] ?? { name: "" });
// Whom it is put to: a participant or an agency.
export const addressee = (state, question) => (question.to_agency_id ? state.agencies[question.to_agency_id] ?? "" : titled(state.participants[question.to_participant_id] ?? { name: "" }));
export const questions = (state, ...states) => values(state.questions).filter((question) => states.includes(question.state)).sort(byPosition);

// Who speaks: somebody invited, or a site, for which it is said who. `where`: the site that asked, "" for none.
export function voice(state, speech) {
  const person = state.participants[speech.participant_id];
  const site = state.sites[speech.site_id];
  if (person) return { id: person.id, name: person.name, full: [person.honorific, person.name].filter(Boolean).join(" "), lines: [person.title, person.agency].filter(Boolean), where: site?.name ?? "" };
  const name = site?.name ?? speech.speaker;
  return { id: speech.site_id, name, full: name, lines: site ? [speech.speaker].filter(Boolean) : [], where: "" };
}

// Seconds that a speech or an answer took, or takes until now, without its pauses.
export function spoken(speech, now) {
  if (!speech.started_at) return 0;
  const until = speech.ended_at ? Date.parse(speech.ended_at) : now;
  const paused = speech.paused_seconds + (speech.paused_at ? (until - Date.parse(speech.paused_at)) / 1000 : 0);
  return Math.max(0, (until - Date.parse(speech.started_at)) / 1000 - paused);
}

// [voice, seconds], longest first.
export function speakingTimes(state, now) {
  const sums = new Map();
  for (const speech of values(state.speeches)) {
    const seconds = spoken(speech, now);
    if (seconds < 1) continue;
    const who = voice(state, speech);
    sums.set(who.id, [who, (sums.get(who.id)?.[1] ?? 0) + seconds]);
  }
  return [...sums.values()].sort((a, b) => b[1] - a[1]);
}
export const underWay = (ballot) => ["open", "paused"].includes(ballot.state);
export const ballots = (state) => values(state.ballots).sort(byPosition);
export const openBallot = (state) => values(state.ballots).find(underWay) ?? null;
export const recusals = (state, item) => values(state.recusals).filter((each) => each.item_id === item);
export const conclusions = (state) => values(state.conclusions).sort(byPosition);
// Main papers before those for reference.
export const inReadingOrder = (a, b) => (a.kind === b.kind ? byPosition(a, b) : a.kind < b.kind ? -1 : 1);

export const papers = (state, item) => values(state.papers).filter((paper) => paper.item_id === item).sort(inReadingOrder);

export function nextItem(state) {
  const order = items(state);
  const now = order.findIndex((item) => item.state === "running");
  return order.slice(now + 1).find((item) => item.state === "planned") ?? null;
}

export function attendance(state) {
  const people = values(state.participants);
  const voters = people.filter((person) => person.votes);
  const present = voters.filter(isPresent);
  const others = people.filter((person) => !person.votes && isPresent(person));
  const substitutes = others.filter((person) => person.substitute_for_id).length;
  const guests = others.filter((person) => isGuest(person)).length;
  const [num, den] = state.meeting.quorum;
  const needed = Math.ceil((voters.length * num) / den);
  return {
    members: voters.length, present: present.length, needed, reached: present.length >= needed,
    online: present.filter((person) => person.attendance === "online").length, counts: rollCounts(voters, state.meeting),
    others: others.length, substitutes, guests, helpers: others.length - substitutes - guests,
  };
}

export function spentSeconds(item, now) {
  const sinceStart = item.state === "running" ? Math.max(0, (now - Date.parse(item.started_at)) / 1000) : 0;
  return item.spent_seconds + sinceStart;
}

export const initials = (name) => name.trim().split(/\s+/).slice(-2).map((word) => word[0]).join("").toUpperCase();
