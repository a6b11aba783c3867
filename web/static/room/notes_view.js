// The fields of one's private notes: of the item in the centre, of the whole meeting, of the paper that is open; and the others to read.
import { $, fill, h } from "./dom.js";
import { inCentre, items } from "./facts.js";
import { keyOf, NotesStore } from "./notes_store.js";
import { t } from "./words.js";

export class NotesView {
  #room;
  #store;
  #fields;
  #paper;

  // `paper`: the id of the paper that is open, or null.
  constructor(room, paper) {
    this.#room = room;
    this.#paper = paper;
    this.#store = new NotesStore(room.connection);
    this.#fields = ["#note-item", "#note-meeting", "#viewer-note"].map((place) => new NoteField(this.#store, $(place)));
    this.#store.on(() => { if (room.state) this.#others(room.state); });
  }

  render(state) {
    const item = inCentre(state, this.#room.looking);
    const paper = this.#paper();
    $("#note-item").closest(".field").hidden = !item;
    $("#note-item-label").textContent = item ? `${t("room.item_number", { n: items(state).indexOf(item) + 1 })}: ${item.title}` : "";
    const [ofItem, ofMeeting, ofPaper] = this.#fields;
    ofItem.show(item ? keyOf("item", item.id) : null);
    ofMeeting.show(keyOf("meeting"));
    ofPaper.show(paper ? keyOf("paper", paper) : null);
    this.#others(state);
    if (paper || document.body.dataset.shown === "notes") this.#store.wake();
  }

  #others(state) {
    const shown = new Set([keyOf("meeting"), keyOf("item", inCentre(state, this.#room.looking)?.id)]);
    const title = (key) => {
      const [about, id] = key.split(":");
      const thing = state[`${about}s`]?.[id];
      return thing ? `${t(about === "item" ? "room_notes.of_item" : "room_notes.of_paper")}: ${thing.title}` : t("room_notes.of_gone");
    };
    const others = this.#store.all.filter(([key]) => !shown.has(key));
    fill($("#notes-others"), others.map(([key, note]) => h("article", { "data-key": `note-${key}` }, h("h3", {}, title(key)), h("p", { class: "lines" }, note.text))));
    $("#notes-others").hidden = others.length === 0;
  }
}

// A textarea that shows one note, and says whether it is kept.
class NoteField {
  #store;
  #area;
  #state;
  #key = null;

  constructor(store, area) {
    this.#store = store;
    this.#area = area;
    this.#state = area.closest(".field").querySelector("[data-note-state]");
    area.addEventListener("input", () => { if (this.#key) store.set(this.#key, area.value); });
    store.on((key) => { if (key === this.#key) this.#draw(); });
  }

  show(key) {
    if (key === this.#key) return;
    this.#key = key;
    this.#draw();
  }

  #draw() {
    const text = this.#key ? this.#store.text(this.#key) : "";
    if (this.#area.value !== text) this.#area.value = text;
    const saved = this.#key === null || this.#store.saved(this.#key);
    this.#state.textContent = !saved ? t("room_notes.not_saved") : text ? t("room_notes.saved") : "";
  }
}
