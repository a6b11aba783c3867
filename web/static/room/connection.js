// The live connection: joins, applies events in order, asks again after a gap or a cut, and sends every command until the
// server has answered for it. A command keeps its id, so that sending it again does nothing twice.
import { io } from "socket.io";
import { apply } from "./apply.js";
import { PendingCommands } from "./pending_commands.js";
import { boot, newId } from "./words.js";

const ANSWER_WITHIN = 8000;
const REFUSED_WAIT = 3000;

export class Connection {
  #socket = io({ transports: ["websocket", "polling"], tryAllTransports: true, reconnectionDelay: 500, reconnectionDelayMax: 4000 });
  #epoch = null;
  #known = 0;
  #early = [];
  #syncing = false;
  #listeners = new Map();
  #pending = new PendingCommands();
  state = null;
  role = null;
  me = null;
  offset = 0;
  status = "connecting";

  constructor() {
    const socket = this.#socket;
    socket.on("connect", () => this.#join());
    socket.on("disconnect", () => this.#set("reconnecting"));
    socket.on("connect_error", (error) => this.#notLetIn(error.message));
    socket.on("events", (batch) => this.#received(batch));
    socket.on("presence", (data) => this.#tell("presence", data));
    socket.on("gone", ({ code }) => this.#gone(code));
  }

  get socket() { return this.#socket; }
  get pending() { return this.#pending.size; }
  on(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  // The server's time now, in milliseconds.
  now() { return Date.now() + this.offset; }

  // After sleep, a connection that is dead may still look alive.
  again() { if (this.status !== "gone") this.#socket.disconnect().connect(); }

  // Resolves with the server's acknowledgement, however long the connection takes to come back.
  do(name, fields = {}) {
    const data = { id: newId(), name, ...fields };
    return new Promise((settle) => {
      this.#pending.set(data.id, { data, settle });
      this.#send(data.id);
    });
  }

  async #join() {
    const answer = await this.#ask("join", { meeting_id: boot.meeting, view: boot.view, site_id: boot.site });
    if (!answer) return;
    if (answer.again) return void this.#later(answer, () => this.#join());
    if (!answer.ok) return void this.#gone(answer.code, answer.text);
    this.#take(answer);
    for (const id of [...this.#pending.keys()]) this.#send(id);
    this.#tell("joined");
  }

  #take(answer) {
    this.state = answer.state;
    [this.#epoch, this.#known, this.role, this.me] = [answer.epoch, answer.seq, answer.role, answer.me];
    this.#setClock(answer.now);
    this.#set("connected");
    const early = this.#early.splice(0);
    for (const batch of early) this.#received(batch);
    this.#tell("change");
  }

  #received(batch) {
    if (this.state === null || this.#epoch === null) return void this.#early.push(batch);
    this.#setClock(batch.now);
    if (batch.epoch !== this.#epoch) return void this.#join();
    if (batch.to <= this.#known) return;
    if (batch.from > this.#known + 1) return void this.#sync();
    for (const [seq, kind, data] of batch.events) {
      if (seq <= this.#known) continue;
      apply(this.state, kind, data, this.role);
      this.#tell("event", [kind, data]);
    }
    this.#known = batch.to;
    this.#tell("change");
  }

  async #sync() {
    if (this.#syncing) return;
    this.#syncing = true;
    const answer = await this.#ask("sync", { since: this.#known, epoch: this.#epoch });
    this.#syncing = false;
    if (answer?.again) return void this.#later(answer, () => this.#sync());
    if (!answer?.ok) return;
    if (answer.state) this.#take(answer);
    else this.#received(answer);
  }

  async #send(id) {
    const waiting = this.#pending.get(id);
    if (!waiting || !this.#socket.connected || this.status !== "connected") return void this.#tell("pending");
    this.#tell("pending");
    const answer = await this.#ask("do", waiting.data);
    if (!answer) return; // cut off meanwhile: sent again after the next join
    if (answer.again) {
      if (!waiting.told) this.#tell("refused", answer);
      waiting.told = true;
      return void this.#later(answer, () => this.#send(id));
    }
    this.#pending.delete(id);
    this.#tell("pending");
    waiting.settle(answer);
    if (!answer.ok) this.#tell("refused", answer);
  }

  async #ask(name, data) {
    const { id } = this.#socket;
    try {
      return await this.#socket.timeout(ANSWER_WITHIN).emitWithAck(name, data);
    } catch {
      // No answer in time. On the same connection, ask again; else the next one does, once it has joined.
      return this.#socket.connected && this.#socket.id === id ? this.#ask(name, data) : null;
    }
  }

  // The server is there but cannot keep anything now.
  #later(answer, work) { setTimeout(() => { if (this.#socket.connected) work(); }, answer.again * 1000); }

  #notLetIn(why) {
    if (why === "signed_out") return void this.#gone("signed_out");
    this.#set("reconnecting");
    // Refused by the server, after which socket.io does not try again by itself.
    if (!this.#socket.active) setTimeout(() => { if (this.status !== "gone") this.#socket.connect(); }, REFUSED_WAIT);
  }

  #setClock(iso) { if (iso) this.offset = Date.parse(iso) - Date.now(); }

  #set(status) {
    if (status === "reconnecting" && this.status === "gone") return;
    this.status = status;
    this.#tell("status");
  }

  #gone(code, text) {
    this.status = "gone";
    this.#socket.disconnect();
    this.#tell("gone", { code, text });
    this.#tell("status");
  }

  #tell(name, data) {
    for (const listener of this.#listeners.get(name) ?? []) listener(data);
  }
}
