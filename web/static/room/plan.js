// How the time goes: when each item was to begin, when it is likely to, and when the meeting will end at this pace. Pure functions of
// the state and the server's time; minutes and milliseconds as named.
import { items, spentSeconds } from "./facts.js";

const MINUTE = 60_000;
const OTHER_DAY = 12 * 60; // minutes: held on another day than planned, a meeting is neither late nor early
export const SOON = 2; // minutes left of an item when it is said

// id -> time in ms, by the meeting's start and the minutes of the items before it.
export function plannedStarts(state) {
  let at = Date.parse(state.meeting.starts_at);
  return new Map(items(state).map((item) => {
    const start = at;
    if (item.state !== "moved") at += item.minutes * MINUTE;
    return [item.id, start];
  }));
}

export const minutesLeft = (item, now) => item.minutes - spentSeconds(item, now) / 60;

// { starts: id -> ms of each item that is still to come, ends: ms, late: minutes, negative when early }; null when there is nothing to tell.
export function forecast(state, now) {
  const { meeting } = state;
  const order = items(state);
  const ahead = order.filter((item) => item.state === "planned");
  const here = order.find((item) => item.state === "running");
  if (meeting.state !== "live" || (ahead.length === 0 && !here)) return null;
  const pause = meeting.break_until ? Date.parse(meeting.break_until) : now;
  let at = Math.max(now, pause) + (here ? Math.max(0, minutesLeft(here, now)) * MINUTE : 0);
  const starts = new Map();
  for (const item of ahead) {
    starts.set(item.id, at);
    at += item.minutes * MINUTE;
  }
  const late = Math.round((at - Date.parse(meeting.ends_at)) / MINUTE);
  return Math.abs(late) > OTHER_DAY ? null : { starts, ends: at, late };
}

// "soon", "over" or "" for the running item, which has `minutes` at all.
export function pressure(item, now) {
  if (!item.minutes) return "";
  const left = minutesLeft(item, now);
  return left < 0 ? "over" : left < SOON ? "soon" : "";
}
