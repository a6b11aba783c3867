// Announcements and the break: a strip under the head of the room, until one has read it; all of them in a dialog, where those who
// run the meeting make them.
import { $, fill, h } from "./dom.js";
import { announcements } from "./facts.js";
import { boot, t, timeOf } from "./words.js";

export class AnnouncementsView {
  #room;
  #store = `announcements-read:${boot.meeting}`;
  #read = new Set(kept(`announcements-read:${boot.meeting}`));

  constructor(room) {
    this.#room = room;
    $("#open-announcements").addEventListener("click", () => { $("#more").open = false; $("#announcements-dialog").showModal(); });
    $("#announce-form").addEventListener("submit", (event) => this.#make(event));
    $("#break-form").addEventListener("submit", (event) => {
      event.preventDefault();
      room.do("TakeBreak", { minutes: Number(event.target.elements.minutes.value) });
      $("#announcements-dialog").close();
    });
  }

  render(state) {
    const all = announcements(state);
    const unread = all.filter((each) => !this.#read.has(each.id));
    const held = ["invited", "live"].includes(state.meeting.state);
    $("#announcements").hidden = unread.length === 0;
    fill($("#announcements"), unread.length > 0 && [
      h("p", { class: "grow" }, h("span", { class: "small muted" }, `${t("room_talk.announcement")} ${timeOf(unread[0].made_at)} `), unread[0].text),
      h("div", { class: "row" },
        unread.length > 1 && h("button", { class: "quiet compact", "data-key": "announcements-more", onclick: () => $("#announcements-dialog").showModal() }, t("room_talk.more_announcements", { n: unread.length - 1 })),
        this.#room.runs && h("button", { class: "quiet compact", "data-key": "withdraw-top", onclick: () => this.#withdraw(unread[0]) }, t("room_talk.withdraw")),
        h("button", { class: "compact", "data-key": "announcements-read", onclick: () => this.#dismiss(unread) }, t("room_talk.have_read"))),
    ]);
    fill($("#announcements-list"), all.length === 0 && h("li", { class: "muted" }, t("room_talk.no_announcements")), all.map((each) => h("li", { class: "row spread", "data-key": `announcement-${each.id}` },
      h("div", { class: "grow" }, h("p", { class: "lines" }, each.text), h("span", { class: "small muted" }, [timeOf(each.made_at), state.participants[each.participant_id]?.name].filter(Boolean).join(" · "))),
      this.#room.runs && h("button", { class: "quiet compact", "data-key": `withdraw-${each.id}`, onclick: () => this.#withdraw(each) }, t("room_talk.withdraw")))));
    $("#announce-form").hidden = !this.#room.runs || !held;
    $("#break-form").hidden = !this.#room.runs || state.meeting.state !== "live";
    this.#break(state);
  }

  tick(state) { this.#break(state); }

  #break(state) {
    const left = breakLeft(state, this.#room.connection.now());
    $("#break").hidden = left === 0;
    if (left === 0) return;
    fill($("#break"), h("p", { class: "grow" }, t("room_talk.break_until", { time: timeOf(state.meeting.break_until), n: left })),
      this.#room.runs && h("button", { class: "compact", "data-key": "end-break", onclick: () => this.#room.do("EndBreak") }, t("room_talk.end_break")));
  }

  // What was typed stays until the server has it.
  async #make(event) {
    event.preventDefault();
    const { text } = event.target.elements;
    const said = text.value;
    const answer = await this.#room.do("Announce", { text: said });
    if (answer.ok && text.value === said) text.value = "";
    if (answer.ok) $("#announcements-dialog").close();
    fill($("#announce-form [data-refused]"), !answer.ok && h("p", { class: "notice bad", role: "alert" }, answer.text));
  }

  #withdraw(each) {
    this.#room.confirm(t("room_talk.confirm_withdraw"), () => this.#room.do("WithdrawAnnouncement", { announcement_id: each.id }));
  }

  #dismiss(unread) {
    for (const each of unread) this.#read.add(each.id);
    localStorage.setItem(this.#store, JSON.stringify([...this.#read].slice(-200)));
    this.render(this.#room.state);
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
