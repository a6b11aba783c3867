// One's private notes as they are typed: kept in this browser at once, on the server soon after, until then marked as not yet kept. What
// another device wrote meanwhile is joined, never overwritten.
import { boot } from "./words.js";

const PAUSE = 800; // milliseconds without typing

export const keyOf = (about, id = "") => `${about}:${id}`;

export class NotesStore {
  #connection;
  #notes = new Map(); // key: { text, revision, dirty }
  #listeners = [];
  #timer = 0;
  #saving = false;
  #loaded = false;
  #loading = null;

  constructor(connection) {
    this.#connection = connection;
    connection.on("joined", () => { this.#loaded = false; if (this.#next()) this.load(); });
    for (const [key, note] of this.#kept()) this.#notes.set(key, { ...note, dirty: true });
  }

  on(listener) { this.#listeners.push(listener); }
  text(key) { return this.#notes.get(key)?.text ?? ""; }
  saved(key) { return !this.#notes.get(key)?.dirty; }
  get all() { return [...this.#notes].filter(([, note]) => note.text); }

  set(key, text) {
    this.#notes.set(key, { revision: 0, ...this.#notes.get(key), text, dirty: true, refused: false });
    this.#keep();
    this.#tell(key);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#loaded ? this.#save() : this.load()), PAUSE);
  }

  // When the notes are looked at: not everybody asks at once after a restart.
  wake() { if (!this.#loaded) this.load(); }

  // Whether it could be done.
  load() {
    this.#loading ??= this.#load().finally(() => { this.#loading = null; });
    return this.#loading;
  }

  async #load() {
    const answer = await fetch(`${boot.page}/notes.json`).catch(() => null);
    if (!answer?.ok) return false;
    const { notes } = await answer.json();
    const found = new Map(notes.map((note) => [keyOf(note.about, note.about_id), note]));
    for (const key of new Set([...found.keys(), ...this.#notes.keys()])) this.#take(key, found.get(key) ?? { text: "", revision: 0 });
    this.#loaded = true;
    this.#keep();
    this.#save();
    return true;
  }

  #take(key, theirs) {
    const mine = this.#notes.get(key);
    if (!mine?.dirty) this.#notes.set(key, { text: theirs.text, revision: theirs.revision, dirty: false });
    else if (mine.revision === theirs.revision) return;
    else this.#notes.set(key, { text: joined(theirs.text, mine.text), revision: theirs.revision, dirty: true });
    this.#tell(key);
  }

  // One after the other; what is typed while one is on its way follows it.
  async #save() {
    if (this.#saving || !this.#loaded) return;
    this.#saving = true;
    for (let next = this.#next(); next; next = this.#next()) if (!(await this.#send(...next))) break;
    this.#saving = false;
  }

  #next() { return [...this.#notes].find(([, note]) => note.dirty && !note.refused); }

  async #send(key, { text, revision }) {
    const [about, id] = key.split(":");
    const answer = await this.#connection.do("SaveNote", { about, about_id: id || null, text, revision });
    if (answer.ok) {
      const now = this.#notes.get(key);
      this.#notes.set(key, { text: now.text, revision: answer.answer.revision, dirty: now.text !== text });
      this.#keep();
      this.#tell(key);
      return true;
    }
    if (answer.code === "note_changed") return this.load();
    this.#notes.set(key, { ...this.#notes.get(key), refused: true }); // until it is typed again; its text stays here
    return true;
  }

  #tell(key) { for (const listener of this.#listeners) listener(key); }

  // Only what the server does not have yet: nothing stays behind in a browser that others use.
  #keep() {
    const dirty = [...this.#notes].filter(([, note]) => note.dirty);
    if (dirty.length) localStorage.setItem(this.#name, JSON.stringify(dirty));
    else localStorage.removeItem(this.#name);
  }

  #kept() {
    try { return JSON.parse(localStorage.getItem(this.#name)) ?? []; } catch { return []; }
  }

  get #name() { return `notes:${boot.meeting}:${boot.me}`; }
}

// Theirs, followed by every line of ours that it does not have.
export function joined(theirs, ours) {
  const known = new Set(theirs.split("\n").map((line) => line.trim()));
  const more = ours.split("\n").filter((line) => line.trim() && !known.has(line.trim()));
  return [theirs, ...more].filter(Boolean).join("\n");
}
