// What the roll says of each person; the server says the same in meetings/roll_call.py.
const LATE_AFTER = 5 * 60_000;
const AWAY = ["declined", "substitute"];
export const ROLL_STATES = ["room", "online", "left", "excused", "unexcused", "awaited"];

export const isPresent = (person) => person.attendance !== "absent";

export function rollState(person, meeting) {
  if (isPresent(person)) return person.attendance;
  if (person.arrived_at) return "left";
  if (person.absence) return person.absence;
  if (AWAY.includes(person.answer)) return "excused";
  return meeting.state === "finished" ? "unexcused" : "awaited";
}

export const awayReason = (person) => person.absence_reason || (AWAY.includes(person.answer) ? person.answer_reason : "");

// Whole minutes after the real start, 0 for who was in time.
export function minutesLate(person, meeting) {
  if (!person.arrived_at || !meeting.started_at) return 0;
  const late = Date.parse(person.arrived_at) - Date.parse(meeting.started_at);
  return late > LATE_AFTER ? Math.floor(late / 60_000) : 0;
}

// How many of these people stand in each state of the roll.
export function rollCounts(people, meeting) {
  const counts = Object.fromEntries(ROLL_STATES.map((name) => [name, 0]));
  for (const person of people) counts[rollState(person, meeting)] += 1;
  return counts;
}

export const inProtocolOrder = (people) => [...people].sort((a, b) => a.position - b.position || (a.name_key < b.name_key ? -1 : 1));
