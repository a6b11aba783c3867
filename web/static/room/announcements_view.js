// Announcements in the room: the strip, and all of them in a dialog, where those who run the meeting make them and call breaks.
import { AnnouncementStrip } from "./announcement_strip.js";
import { $, fill, h } from "./dom.js";
import { announcements } from "./facts.js";
import { t, timeOf } from "./words.js";

export class AnnouncementsView {
  #room;
  #strip;

  constructor(room) {
    this.#room = room;
    this.#strip = new AnnouncementStrip(room.connection, () => ({
      more: () => $("#announcements-dialog").showModal(),
      ...(room.runs && { withdraw: (each) => this.#withdraw(each), endBreak: () => room.do("EndBreak") }),
    }));
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
    const held = ["invited", "live"].includes(state.meeting.state);
    this.#strip.render(state);
    fill($("#announcements-list"), all.length === 0 && h("li", { class: "muted" }, t("room_talk.no_announcements")), all.map((each) => h("li", { class: "row spread", "data-key": `announcement-${each.id}` },
      h("div", { class: "grow" }, h("p", { class: "lines" }, each.text), h("span", { class: "small muted" }, [timeOf(each.made_at), state.participants[each.participant_id]?.name].filter(Boolean).join(" · "))),
      this.#room.runs && h("button", { class: "quiet compact", "data-key": `withdraw-${each.id}`, onclick: () => this.#withdraw(each) }, t("room_talk.withdraw")))));
    $("#announce-form").hidden = !this.#room.runs || !held;
    $("#break-form").hidden = !this.#room.runs || state.meeting.state !== "live";
  }

  tick(state) { this.#strip.tick(state); }

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
}
