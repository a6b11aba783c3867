// The minutes: one section an agenda item, written by chair and secretaries at once, read by everybody as it is written.
import { h, fill, $ } from "./dom.js";
import { attendance, ballots, items, running, values } from "./facts.js";
import { dateOf, t } from "./words.js";

export class MinutesView {
  #room;
  #sync = null;
  #editors = new Map();
  #opened = false;
  #Editor;

  constructor(room) { this.#room = room; }

  // The editor's code is large: it comes when somebody opens the minutes.
  async open() {
    if (this.#opened) return;
    this.#opened = true;
    $("#minutes-state").textContent = t("room.minutes_loading");
    const [{ MinutesSync }, { MinutesEditor }] = await Promise.all([import("./minutes_sync.js"), import("./minutes_editor.js")]);
    this.#Editor = MinutesEditor;
    this.#sync = new MinutesSync(this.#room.connection, (news) => this.#news(news));
    const me = this.#room.state.participants[this.#room.me];
    if (this.#room.runs && me) this.#sync.awareness.setLocalStateField("user", { name: me.name, color: "#541b81" });
    await this.#sync.start();
    this.render(this.#room.state);
  }

  render(state) {
    if (!this.#Editor) return;
    const order = items(state);
    for (const [index, item] of order.entries()) {
      if (!this.#editors.has(item.id)) this.#add(item);
      const { section, title } = this.#editors.get(item.id);
      title.textContent = `${index + 1}. ${item.title}`;
      section.classList.toggle("now", item.state === "running");
      if ($("#minutes-sections").children[index] !== section) $("#minutes-sections").insertBefore(section, $("#minutes-sections").children[index] ?? null);
    }
    for (const [key, { section }] of this.#editors) if (!state.items[key]) { section.remove(); this.#editors.delete(key); }
    $("#minutes-facts").hidden = !this.#writable();
    this.#news({ saved: this.#sync.saved });
  }

  #writable() {
    const { meeting } = this.#room.state;
    return this.#room.runs && meeting.minutes_state === "open" && ["invited", "live", "finished"].includes(meeting.state);
  }

  #add(item) {
    const title = h("h3", { id: `minutes-${item.id}` });
    const place = h("div", { class: "minutes-place" });
    const section = h("section", { class: "minutes-section", "aria-labelledby": `minutes-${item.id}` }, title);
    const fragment = this.#sync.doc.getXmlFragment(`item:${item.id}`);
    const editor = new this.#Editor(fragment, this.#sync, place, item.title, () => this.#writable());
    if (this.#writable()) section.append(editor.toolbar);
    section.append(place);
    place.addEventListener("focusin", () => this.#room.connection.socket.emit("typing", { section: item.id }));
    place.addEventListener("focusout", () => this.#room.connection.socket.emit("typing", { section: null }));
    this.#editors.set(item.id, { editor, section, title });
  }

  #news({ saved, refused }) {
    if (refused) this.#room.note(refused, "bad");
    if (saved === undefined) return;
    const writes = this.#writable();
    $("#minutes-state").textContent = writes ? t(saved ? "room.minutes_saved" : "room.minutes_unsaved") : t(this.#room.state.meeting.minutes_state === "approved" ? "room.minutes_approved" : "room.minutes_reading");
    $("#minutes-state").className = `chip ${saved || !writes ? "ok" : "warn"}`;
  }

  // Facts go to the end of the section where one writes, or of the running item.
  insert(kind) {
    const { state } = this.#room;
    const focused = [...this.#editors.values()].find(({ section }) => section.contains(document.activeElement));
    const key = running(state)?.id ?? items(state)[0]?.id;
    (focused ?? this.#editors.get(key))?.editor.append(this.#lines(kind, state));
  }

  #lines(kind, state) {
    if (kind === "attendance") {
      const facts = attendance(state);
      const absent = values(state.participants).filter((person) => person.votes && person.attendance === "absent").map((person) => person.name);
      return [t("room.fact_attendance", { n: facts.present, members: facts.members, online: facts.online }), ...(absent.length ? [t("room.fact_absent", { names: absent.join(", ") })] : [])];
    }
    if (kind === "result") {
      return ballots(state).filter((ballot) => ballot.state === "closed").slice(-1).map(({ question, result: r }) =>
        t("room.fact_result", { question, for: r.for, against: r.against, abstain: r.abstain, members: r.members, outcome: t(r.carried ? "room.carried" : "room.not_carried") }));
    }
    return values(state.conclusions).map((each) => [each.text, each.lead_agency_id && `${t("room.lead")}: ${state.agencies[each.lead_agency_id] ?? ""}`, each.due_on && `${t("room.due")}: ${dateOf(each.due_on)}`].filter(Boolean).join(" – "));
  }
}
