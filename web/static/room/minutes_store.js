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

  // [{ key, update }] in the order in which they were typed.
  async load() {
    this.#db = await OPEN();
    const store = this.#store("readonly");
    const [keys, found] = await Promise.all([this.#done(store.getAllKeys()), this.#done(store.getAll())]);
    return keys.map((key, index) => ({ key, ...found[index] })).filter(({ meeting }) => meeting === this.#meeting);
  }

  // Resolves with its key.
  async add(update) {
    return this.#db && this.#done(this.#store("readwrite").add({ meeting: this.#meeting, update }));
  }

  // Once the server has them; whatever was typed since stays. `keys`: those of `load` and `add`.
  async remove(keys) {
    for (const key of await Promise.all(keys)) if (key !== undefined) await this.#done(this.#store("readwrite").delete(key));
  }

  #store(mode) { return this.#db.transaction("updates", mode).objectStore("updates"); }

  #done(request) {
    return new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
  }
}
