// What was typed and the server does not have yet, kept in the browser: a reload or a crash while offline loses no letter.
const OPEN = () => new Promise((resolve, reject) => {
  const request = indexedDB.open("diemcau-minutes", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("updates", { autoIncrement: true });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export class MinutesStore {
  #db;
  #meeting;
  constructor(meeting) { this.#meeting = meeting; }

  async load() {
    this.#db = await OPEN();
    const kept = await this.#all();
    return kept.map(({ value }) => value.update);
  }

  async add(update) {
    if (this.#db) await this.#done(this.#store("readwrite").add({ meeting: this.#meeting, update }));
  }

  // Once the server has everything.
  async clear() {
    if (!this.#db) return;
    for (const { key } of await this.#all()) await this.#done(this.#store("readwrite").delete(key));
  }

  #store(mode) { return this.#db.transaction("updates", mode).objectStore("updates"); }

  #done(request) {
    return new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
  }

  async #all() {
    const store = this.#store("readonly");
    const [keys, found] = await Promise.all([this.#done(store.getAllKeys()), this.#done(store.getAll())]);
    return keys.map((key, index) => ({ key, value: found[index] })).filter(({ value }) => value.meeting === this.#meeting);
  }
}
