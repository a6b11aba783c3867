// The minutes' Yjs document, kept equal with the server's. After every connection both say what they have and send what
// the other lacks; in between, what is typed travels in small updates. While a letter is being composed (Telex, VNI) nothing
// leaves and nothing of others is put in: either would break the letter.
import { Awareness, Y, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "editor";
import { MinutesStore } from "./minutes_store.js";
import { boot, newId } from "./words.js";

const GATHER = 60;
const LARGEST = 180_000; // bytes that the server takes at once

export class MinutesSync {
  doc = new Y.Doc();
  awareness = new Awareness(this.doc);
  #connection;
  #store = new MinutesStore(boot.meeting);
  #queue = []; // { update, keys: those of the store }
  #held = []; // of others, while composing
  #timer = 0;
  #sending = false;
  #synced = false;
  #composing = false;
  #listener;

  constructor(connection, listener) {
    this.#connection = connection;
    this.#listener = listener;
    const { socket } = connection;
    socket.on("y-up", ({ update }) => this.#heard(new Uint8Array(update)));
    socket.on("y-aw", ({ update }) => { if (!this.#composing) applyAwarenessUpdate(this.awareness, new Uint8Array(update), "server"); });
    socket.on("disconnect", () => { this.#synced = false; this.#tell(); });
    connection.on("joined", () => this.#sync());
    this.doc.on("update", (update, origin) => { if (origin !== "server" && origin !== "kept") this.#typed(update); });
    this.awareness.on("update", ({ added, updated, removed }, origin) => { if (origin === "local") this.#cursors([...added, ...updated, ...removed]); });
    document.addEventListener("compositionstart", () => { this.#composing = true; });
    document.addEventListener("compositionend", () => { this.#composing = false; this.#soon(); });
    window.addEventListener("pagehide", () => removeAwarenessStates(this.awareness, [this.doc.clientID], "local"));
  }

  async start() {
    for (const { key, update } of await this.#store.load()) {
      Y.applyUpdate(this.doc, update, "kept");
      this.#queue.push({ update, keys: [key] });
    }
    if (this.#connection.status === "connected") await this.#sync();
  }

  get saved() { return this.#synced && this.#queue.length === 0 && !this.#sending; }

  async #sync() {
    const answer = await this.#ask("y-sv", { vector: Y.encodeStateVector(this.doc) });
    if (answer?.again) return void this.#later(answer);
    if (!answer?.ok) return;
    this.#heard(new Uint8Array(answer.update));
    this.#replaceQueue(Y.encodeStateAsUpdate(this.doc, new Uint8Array(answer.vector)));
    this.#synced = true;
    await this.#flush();
  }

  // Exactly what the server lacks, instead of what waits; unless that is more than it takes at once.
  #replaceQueue(lacking) {
    const keys = this.#queue.flatMap((each) => each.keys);
    if (lacking.length <= 2) { // two bytes: nothing
      this.#queue = [];
      this.#store.remove(keys);
    } else if (lacking.length <= LARGEST || this.#queue.length === 0) this.#queue = [{ update: lacking, keys }];
  }

  #heard(update) {
    if (this.#composing) this.#held.push(update);
    else Y.applyUpdate(this.doc, update, "server");
  }

  #typed(update) {
    this.#queue.push({ update, keys: [this.#store.add(update)] });
    this.#tell();
    this.#soon();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), GATHER);
  }

  async #flush() {
    if (this.#composing) return;
    for (const update of this.#held.splice(0)) Y.applyUpdate(this.doc, update, "server");
    if (this.#sending || !this.#synced) return;
    while (this.#queue.length && this.#synced && !this.#composing && this.#connection.role === "runner") {
      const batch = this.#batch();
      this.#sending = true;
      const answer = await this.#ask("y-up", { id: newId(), update: batch.length === 1 ? batch[0].update : Y.mergeUpdates(batch.map((each) => each.update)) });
      this.#sending = false;
      if (!answer) { this.#synced = false; break; } // the next connection asks what is lacking
      if (answer.again) { this.#synced = false; this.#later(answer); break; }
      this.#queue = this.#queue.filter((each) => !batch.includes(each));
      this.#store.remove(batch.flatMap((each) => each.keys));
      if (!answer.ok) this.#listener({ refused: answer.text });
    }
    this.#tell();
  }

  // The first of the queue, as many as go together.
  #batch() {
    let bytes = 0;
    const many = this.#queue.findIndex((each) => { bytes += each.update.length; return bytes > LARGEST; });
    return this.#queue.slice(0, many < 0 ? undefined : Math.max(1, many));
  }

  #cursors(clients) {
    const { socket } = this.#connection;
    if (this.#composing || !socket.connected || this.#connection.role !== "runner") return;
    socket.volatile.emit("y-aw", { update: encodeAwarenessUpdate(this.awareness, clients) });
  }

  #later(answer) { setTimeout(() => { if (this.#connection.status === "connected") this.#sync(); }, answer.again * 1000); }

  #tell() { this.#listener({ saved: this.saved }); }

  async #ask(name, data) {
    try { return await this.#connection.socket.timeout(8000).emitWithAck(name, data); } catch { return null; }
  }
}
