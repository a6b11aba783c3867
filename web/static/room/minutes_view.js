// The minutes: one section an agenda item, written by chair and secretaries at once, read by everybody as it is written.
import { h, $ } from "./dom.js";
import { items, running } from "./facts.js";
import { boot, t } from "./words.js";

const PARTS = ["sync", "editor", "facts", "toolbar", "skeleton", "remarks"];

export class MinutesView {
  #room;
  #wrote = null;
  #sync = null;
  #sections = new Map(); // by item: { editor, section, title }
  #opened = false;
  #parts = null;
  #facts;
  #toolbar;
  #last = null; // the item whose section was written in last

  constructor(room) { this.#room = room; }

  // The editor's code is large: it comes when somebody opens the minutes.
  async open() {
    if (this.#opened) return;
    this.#opened = true;
    $("#minutes-state").textContent = t("room.minutes_loading");
    this.#parts = Object.assign({}, ...await Promise.all(PARTS.map((name) => import(`./minutes_${name}.js`))));
    this.#sync = new this.#parts.MinutesSync(this.#room.connection, (news) => this.#news(news));
    this.#facts = new this.#parts.RoomFacts(this.#room.connection);
    this.#toolbar = new this.#parts.MinutesToolbar($("#minutes-tools"), () => this.#active()?.editor, this.#inserts());
    await this.#sync.start();
    this.render(this.#room.state);
  }

  render(state) {
    if (!this.#toolbar) return;
    for (const [index, item] of items(state).entries()) {
      if (!this.#sections.has(item.id)) this.#add(item);
      const { section, title, threads } = this.#sections.get(item.id);
      this.#remarks(item.id, threads);
      title.textContent = `${index + 1}. ${item.title}`;
      section.classList.toggle("now", item.state === "running");
      if ($("#minutes-sections").children[index] !== section) $("#minutes-sections").insertBefore(section, $("#minutes-sections").children[index] ?? null);
    }
    for (const [key, { section }] of this.#sections) if (!state.items[key]) { section.remove(); this.#sections.delete(key); }
    $("#minutes-more").hidden = !this.#room.runs;
    this.#rights();
    this.#news({ saved: this.#sync.saved });
  }

  // Whether I may write can change while I read: the chair hands the running over.
  #rights() {
    const writes = this.#writable();
    $("#minutes-tools").hidden = !writes;
    if (writes === this.#wrote) return;
    this.#wrote = writes;
    const me = this.#room.state.participants[this.#room.me];
    if (writes && me) this.#sync.awareness.setLocalStateField("user", { name: me.name, color: "#541b81" });
    for (const { editor } of this.#sections.values()) editor.view.setProps({});
  }

  #writable() {
    const { meeting } = this.#room.state;
    return this.#room.runs && meeting.minutes_state === "open" && ["invited", "live", "finished"].includes(meeting.state);
  }

  #add(item) {
    const title = h("h3", { id: `minutes-${item.id}` });
    const place = h("div", { class: "minutes-place" });
    const threads = h("div", { hidden: true });
    const section = h("section", { class: "minutes-section", "aria-labelledby": `minutes-${item.id}` }, title, place, threads);
    const plugins = [this.#parts.remarksPlugin(() => this.#parts.threads(this.#room.state, item.id))];
    const editor = new this.#parts.MinutesEditor(this.#sync.doc.getXmlFragment(`item:${item.id}`), place, item.title, {
      sync: this.#sync, facts: this.#facts, plugins, writable: () => this.#writable(),
      focused: () => { this.#last = item.id; this.#toolbar.update(); },
      changed: () => { if (this.#last === item.id) this.#toolbar.update(); },
      refused: (code) => this.#room.note(t(`room_minutes.${code}`), "bad"),
    });
    place.addEventListener("focusin", () => this.#room.connection.socket.emit("typing", { section: item.id }));
    place.addEventListener("focusout", () => this.#room.connection.socket.emit("typing", { section: null }));
    this.#sections.set(item.id, { editor, section, title, threads });
  }

  // Drawn when something of them changed: what somebody selects meanwhile stays selected.
  #remarks(item, place) {
    const now = JSON.stringify(Object.values(this.#room.state.remarks).filter((each) => each.item_id === item));
    if (place.known === now) return;
    place.known = now;
    this.#parts.drawThreads(place, this.#room, item);
    this.#parts.redraw(this.#sections.get(item).editor);
  }

  #news({ saved, refused }) {
    if (refused) this.#room.note(refused, "bad");
    if (saved === undefined || !this.#room.state) return;
    const writes = this.#writable();
    $("#minutes-state").textContent = writes ? t(saved ? "room.minutes_saved" : "room.minutes_unsaved") : t(this.#room.state.meeting.minutes_state === "approved" ? "room.minutes_approved" : "room.minutes_reading");
    $("#minutes-state").className = `chip ${saved || !writes ? "ok" : "warn"}`;
  }

  // Where one wrote last; else the running item's section, or the first.
  #active() {
    const { state } = this.#room;
    return this.#sections.get(this.#last) ?? this.#sections.get(running(state)?.id ?? items(state)[0]?.id);
  }

  #inserts() {
    const item = () => [...this.#sections].find(([, section]) => section === this.#active())?.[0];
    const put = (kind, of) => () => this.#active()?.editor.insert([this.#parts.factOf(kind, of())]);
    const comment = () => this.#parts.comment(this.#room, this.#active().editor, item());
    const skeleton = () => this.#parts.putSkeleton(this.#active().editor, this.#room.state.items[item()], this.#room.state, boot.item_template);
    return [
      ["skeleton", skeleton], ["attendance", put("attendance", () => "")], ["speakers", put("speakers", item)],
      ["results", put("results", item)], ["conclusions", put("conclusions", item)], ["comment", comment],
    ];
  }
}
