// The minutes' Yjs document, kept equal with the server's. After every connection both say what they have and send what
// the other lacks; in between, what is typed travels in small updates, never in the middle of composing a letter.
import { Awareness, Y, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "editor";
import { MinutesStore } from "./minutes_store.js";
import { boot, newId } from "./words.js";

const GATHER = 60;

export class MinutesSync {
  doc = new Y.Doc();
  awareness = new Awareness(this.doc);
  #connection;
  #store = new MinutesStore(boot.meeting);
  #queue = [];
  #timer = 0;
  #sending = false;
  #synced = false;
  #composing = false;
  #listener;

  constructor(connection, listener) {
    this.#connection = connection;
    this.#listener = listener;
    const { socket } = connection;
    socket.on("y-up", ({ update }) => Y.applyUpdate(this.doc, new Uint8Array(update), "server"));
    socket.on("y-aw", ({ update }) => applyAwarenessUpdate(this.awareness, new Uint8Array(update), "server"));
    socket.on("disconnect", () => { this.#synced = false; this.#tell(); });
    connection.on("joined", () => this.#sync());
    this.doc.on("update", (update, origin) => { if (origin !== "server" && origin !== "kept") this.#typed(update); });
    this.awareness.on("update", ({ added, updated, removed }, origin) => { if (origin === "local") this.#cursors([...added, ...updated, ...removed]); });
    document.addEventListener("compositionstart", () => { this.#composing = true; });
    document.addEventListener("compositionend", () => { this.#composing = false; this.#soon(); });
    window.addEventListener("pagehide", () => removeAwarenessStates(this.awareness, [this.doc.clientID], "local"));
  }

  async start() {
    for (const update of await this.#store.load()) Y.applyUpdate(this.doc, update, "kept");
    if (this.#connection.status === "connected") await this.#sync();
  }

  get saved() { return this.#synced && this.#queue.length === 0 && !this.#sending; }

  async #sync() {
    const answer = await this.#ask("y-sv", { vector: Y.encodeStateVector(this.doc) });
    if (answer?.again) return void this.#later(answer);
    if (!answer?.ok) return;
    Y.applyUpdate(this.doc, new Uint8Array(answer.update), "server");
    const lacking = Y.encodeStateAsUpdate(this.doc, new Uint8Array(answer.vector));
    this.#queue = lacking.length > 2 ? [lacking] : []; // two bytes: nothing
    this.#synced = true;
    await this.#flush();
  }

  #typed(update) {
    this.#queue.push(update);
    this.#store.add(update);
    this.#tell();
    this.#soon();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), GATHER);
  }

  async #flush() {
    if (this.#sending || this.#composing || !this.#synced) return;
    while (this.#queue.length && this.#synced && this.#connection.role === "runner") {
      this.#sending = true;
      const count = this.#queue.length;
      const update = count === 1 ? this.#queue[0] : Y.mergeUpdates(this.#queue);
      const answer = await this.#ask("y-up", { id: newId(), update });
      this.#sending = false;
      if (!answer) { this.#synced = false; break; } // the next connection asks what is lacking
      if (answer.again) { this.#synced = false; this.#later(answer); break; }
      this.#queue.splice(0, count);
      if (!answer.ok) this.#listener({ refused: answer.text });
    }
    if (this.#queue.length === 0 && this.#synced) await this.#store.clear();
    this.#tell();
  }

  #cursors(clients) {
    const { socket } = this.#connection;
    if (socket.connected && this.#connection.role === "runner") socket.volatile.emit("y-aw", { update: encodeAwarenessUpdate(this.awareness, clients) });
  }

  #later(answer) { setTimeout(() => { if (this.#connection.status === "connected") this.#sync(); }, answer.again * 1000); }

  #tell() { this.#listener({ saved: this.saved }); }

  async #ask(name, data) {
    try { return await this.#connection.socket.timeout(8000).emitWithAck(name, data); } catch { return null; }
  }
}
