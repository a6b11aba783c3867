// One person's place on the roll in words: how present, since when, how late, until when, or why away.
import { awayReason, minutesLate, rollState } from "./roll.js";
import { t, timeOf } from "./words.js";

export function rollText(person, meeting) {
  const state = rollState(person, meeting);
  const late = minutesLate(person, meeting);
  const parts = [t(`room_attendance.is_${state}`)];
  if (["room", "online"].includes(state) && person.arrived_at) parts.push(t("room_attendance.since", { time: timeOf(person.arrived_at) }));
  if (state === "left") parts.push(t("room_attendance.from_to", { from: timeOf(person.arrived_at), to: timeOf(person.left_at) }));
  if (late) parts.push(t("room_attendance.late", { n: late }));
  const reason = ["left", "excused", "unexcused"].includes(state) && awayReason(person);
  return [...parts, reason].filter(Boolean).join(" · ");
}

// "2 vắng có phép, 1 chưa đến": only what there is; a number stays with its word.
export const countsText = (counts, names) => names.filter((name) => counts[name]).map((name) => t(`room_attendance.n_${name}`, { n: counts[name] }).replace(" ", "\u00a0")).join(", ");
