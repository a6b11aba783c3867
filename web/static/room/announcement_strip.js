// Under the head of a page: the break, and announcements until one has read them on this device.
import { $, fill, h } from "./dom.js";
import { announcements } from "./facts.js";
import { boot, t, timeOf } from "./words.js";

export class AnnouncementStrip {
  #connection;
  #acts;
  #store = `announcements-read:${boot.meeting}`;
  #read = new Set(kept(`announcements-read:${boot.meeting}`));

  // `acts`: {more, withdraw, endBreak}, each left out where it is not offered.
  constructor(connection, acts = () => ({})) {
    this.#connection = connection;
    this.#acts = acts;
  }

  render(state) {
    const unread = announcements(state).filter((each) => !this.#read.has(each.id));
    const { more, withdraw } = this.#acts();
    $("#announcements").hidden = unread.length === 0;
    fill($("#announcements"), unread.length > 0 && [
      h("p", { class: "grow" }, h("span", { class: "small muted" }, `${t("room_talk.announcement")} ${timeOf(unread[0].made_at)} `), unread[0].text),
      h("div", { class: "row" },
        more && unread.length > 1 && h("button", { class: "quiet compact", "data-key": "announcements-more", onclick: more }, t("room_talk.more_announcements", { n: unread.length - 1 })),
        withdraw && h("button", { class: "quiet compact", "data-key": "withdraw-top", onclick: () => withdraw(unread[0]) }, t("room_talk.withdraw")),
        h("button", { class: "compact", "data-key": "announcements-read", onclick: () => this.#dismiss(state, more ? unread : unread.slice(0, 1)) }, t("room_talk.have_read"))),
    ]);
    this.tick(state);
  }

  tick(state) {
    const left = breakLeft(state, this.#connection.now());
    $("#break").hidden = left === 0;
    if (left === 0) return;
    const { endBreak } = this.#acts();
    fill($("#break"), h("p", { class: "grow" }, t("room_talk.break_until", { time: timeOf(state.meeting.break_until), n: left })),
      endBreak && h("button", { class: "compact", "data-key": "end-break", onclick: endBreak }, t("room_talk.end_break")));
  }

  #dismiss(state, unread) {
    for (const each of unread) this.#read.add(each.id);
    localStorage.setItem(this.#store, JSON.stringify([...this.#read].slice(-200)));
    this.render(state);
  }
}

// Whole minutes of the break that are left; 0: there is none.
export function breakLeft(state, now) {
  const until = state.meeting.state === "live" && state.meeting.break_until;
  return until ? Math.max(0, Math.ceil((Date.parse(until) - now) / 60_000)) : 0;
}

function kept(name) {
  try { return JSON.parse(localStorage.getItem(name)) ?? []; } catch { return []; }
}
