// Messages: to the room, or with those who run the meeting. The latest come with the state; older ones are asked for.
import { $, fill, h } from "./dom.js";
import { boot, t, timeOf } from "./words.js";
import { Unread } from "./unread.js";

const PAGE = 50;

export class TalkView {
  #room;
  #kind = "messages"; // or "letters"
  #older = { messages: new Map(), letters: new Map() };
  #ended = { messages: false, letters: false };
  #to = null; // whom a letter of those who run the meeting answers
  #unread = new Unread();
  #draft = `message-draft:${boot.meeting}`;

  constructor(room) {
    this.#room = room;
    for (const button of document.querySelectorAll("[data-talk]")) button.addEventListener("click", () => this.#choose(button.dataset.talk));
    const text = $("#talk-text");
    text.value = sessionStorage.getItem(this.#draft) ?? "";
    text.addEventListener("input", () => sessionStorage.setItem(this.#draft, text.value));
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("#talk-form").requestSubmit(); }
    });
    $("#talk-form").addEventListener("submit", (event) => this.#send(event));
    $("#talk-switch").addEventListener("click", () => room.do("SwitchMessages", { on: !room.state.meeting.messages_on }));
    // A message taken away goes from what was asked for earlier, too.
    room.connection.on("event", ([kind, data]) => {
      const older = this.#older[`${kind.split(".")[0]}s`];
      if (older?.has(data.id)) older.set(data.id, data);
    });
  }

  render(state) {
    const open = ["invited", "live"].includes(state.meeting.state);
    const may = open && (state.meeting.messages_on || this.#room.runs) && Boolean(this.#room.me);
    const shown = document.body.dataset.shown === "talk";
    if (shown) this.#unread.seen(this.#kind, state[this.#kind]);
    const counts = this.#unread.counts(state, this.#room.me);
    for (const name of ["messages", "letters"]) badge($(`#unread-${name}`), counts[name]);
    badge($("#unread-talk"), counts.messages + counts.letters);
    $("#talk-form").hidden = !may || (this.#kind === "letters" && this.#room.runs && !this.#to);
    $("#talk-closed").hidden = may || !open;
    $("#talk-switch").hidden = !this.#room.runs || !open;
    $("#talk-switch").textContent = t(state.meeting.messages_on ? "room_talk.switch_off" : "room_talk.switch_on");
    $("#talk-hint").textContent = t(this.#kind === "messages" ? "room_talk.to_room_hint" : this.#room.runs ? "room_talk.letters_hint_runs" : "room_talk.letters_hint");
    const person = state.participants[this.#to];
    $("#talk-label").textContent = this.#kind === "messages" ? t("room_talk.to_room") : this.#room.runs ? t("room_talk.answer_to", { name: person?.name ?? "" }) : t("room_talk.to_secretariat");
    this.#list(state);
  }

  #all(state) {
    const all = new Map([...this.#older[this.#kind], ...Object.entries(state[this.#kind])]);
    return [...all.values()].sort((a, b) => a.number - b.number);
  }

  #list(state) {
    const all = this.#all(state);
    const list = $("#talk-list");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    const older = all.length >= PAGE && !this.#ended[this.#kind];
    fill(list, older && h("li", { "data-key": "talk-older" }, h("button", { class: "quiet compact", "data-key": "talk-older-button", onclick: () => this.#ask(all[0].number) }, t("room_talk.older"))),
      all.length === 0 && h("li", { class: "muted" }, t(this.#kind === "messages" ? "room_talk.no_messages" : "room_talk.no_letters")),
      all.map((each) => this.#message(state, each)));
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  #message(state, each) {
    const mine = each.participant_id === this.#room.me;
    const writer = state.participants[each.participant_id];
    const to = this.#kind === "letters" && this.#room.runs && each.thread_id !== each.participant_id && state.participants[each.thread_id];
    return h("li", { class: `message${mine ? " mine" : ""}`, "data-key": `message-${each.id}` },
      h("p", { class: "small muted" }, h("strong", {}, writer?.name ?? t("room_talk.somebody")), to && ` → ${to.name}`, ` · ${timeOf(each.sent_at)}`),
      each.removed ? h("p", { class: "muted" }, h("em", {}, t("room_talk.removed"))) : h("p", { class: "message-text" }, each.text),
      this.#room.runs && h("div", { class: "row" },
        this.#kind === "letters" && each.thread_id !== this.#room.me && h("button", { class: "quiet compact", "data-key": `answer-${each.id}`, onclick: () => this.#answer(each.thread_id) }, t("room_talk.answer")),
        !each.removed && !mine && h("button", { class: "quiet compact", "data-key": `remove-${each.id}`, onclick: () => this.#room.confirm(t("room_talk.confirm_remove"), () => this.#room.do("RemoveMessage", { message_id: each.id })) }, t("room_talk.remove"))));
  }

  #choose(kind) {
    this.#kind = kind;
    for (const button of document.querySelectorAll("[data-talk]")) button.setAttribute("aria-pressed", String(button.dataset.talk === kind));
    this.render(this.#room.state);
    $("#talk-list").scrollTop = $("#talk-list").scrollHeight;
  }

  #answer(thread) {
    this.#to = thread;
    this.render(this.#room.state);
    $("#talk-text").focus();
  }

  async #ask(before) {
    const kind = this.#kind;
    const answer = await fetch(`${boot.page}/messages?before=${before}${kind === "letters" ? "&letters" : ""}`).catch(() => null);
    if (!answer?.ok) return void this.#room.note(t("room_talk.cannot_ask"), "bad");
    const { messages } = await answer.json();
    this.#ended[kind] = messages.length < PAGE;
    this.#older[kind] = new Map([...messages.map((each) => [each.id, each]), ...this.#older[kind]]);
    this.render(this.#room.state);
  }

  async #send(event) {
    event.preventDefault();
    const text = $("#talk-text");
    const said = text.value;
    if (!said.trim() || $("#talk-send").disabled) return;
    $("#talk-send").disabled = true;
    const thread = this.#kind === "messages" ? null : this.#room.runs ? this.#to : this.#room.me;
    const answer = await this.#room.do("SendMessage", { text: said, thread_id: thread });
    $("#talk-send").disabled = false;
    if (answer.ok && text.value === said) { text.value = ""; sessionStorage.removeItem(this.#draft); }
    fill($("#talk-refused"), !answer.ok && h("p", { class: "notice bad", role: "alert" }, answer.text));
    $("#talk-list").scrollTop = $("#talk-list").scrollHeight;
  }
}

function badge(place, n) {
  place.hidden = n === 0;
  place.textContent = n > 9 ? "9+" : String(n);
}
