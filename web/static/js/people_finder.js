// The search of the schedule form: asks the server while one types, and shows what fits as a list under the field, for keys, mouse
// and touch. Only the answer to what is typed now is shown.
const PAUSE = 120; // milliseconds

export class PeopleFinder {
  #box;
  #input;
  #list;
  #pick;
  #timer = 0;
  #asked = null;
  #found = [];
  #shown = ""; // what was typed when these were found
  #at = -1;

  /** `pick(one)`: is called with what was chosen: {key, name, detail, agency}. */
  constructor(box, pick) {
    this.#box = box;
    this.#pick = pick;
    this.#input = box.querySelector("input");
    this.#list = box.querySelector("[role=listbox]");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.#list.id })) {
      this.#input.setAttribute(name, value);
    }
    this.#input.addEventListener("input", () => this.#soon());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("focus", () => { if (this.#input.value.trim() && this.#list.hidden) this.#soon(); });
    // Before the field loses the focus: what is pressed is chosen, and one can go on typing.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(Number(option.dataset.number));
    });
    this.#input.addEventListener("blur", () => this.#close());
  }

  #soon() {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    const typed = this.#input.value.trim();
    this.#asked?.abort();
    if (!typed) return this.#close();
    const asked = this.#asked = new AbortController();
    try {
      const answer = await fetch(`${this.#box.dataset.finds}?${new URLSearchParams({ find: typed })}`, { signal: asked.signal });
      if (!answer.ok) throw new Error(answer.status);
      this.#shown = typed;
      this.#show((await answer.json()).found);
    } catch (error) {
      if (error.name !== "AbortError") this.#say(this.#box.dataset.failed);
    }
  }

  #show(found) {
    this.#found = found;
    if (!found.length) return this.#say(this.#box.dataset.nobody);
    this.#list.replaceChildren(...found.map((one, number) => this.#option(one, number)));
    this.#open();
    return this.#mark(0);
  }

  #option(one, number) {
    const option = document.createElement("li");
    option.id = `people-found-${number}`;
    option.role = "option";
    option.dataset.number = number;
    const more = document.createElement("small");
    more.textContent = this.#box.dataset[one.key.split(":")[0]] ?? [one.detail, one.agency].filter(Boolean).join(" · ");
    option.append(one.name, " ", more);
    return option;
  }

  #say(text) {
    this.#found = [];
    const line = document.createElement("li");
    line.className = "muted";
    line.textContent = text;
    this.#list.replaceChildren(line);
    this.#open();
    this.#mark(-1);
  }

  #open() {
    this.#list.hidden = document.activeElement !== this.#input;
    this.#input.setAttribute("aria-expanded", String(!this.#list.hidden));
  }

  #close() {
    window.clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#list.hidden = true;
    this.#mark(-1);
    this.#input.setAttribute("aria-expanded", "false");
  }

  #mark(number) {
    this.#at = number;
    for (const [at, option] of [...this.#list.children].entries()) option.setAttribute("aria-selected", String(at === number));
    if (number < 0) return this.#input.removeAttribute("aria-activedescendant");
    this.#input.setAttribute("aria-activedescendant", `people-found-${number}`);
    return this.#list.children[number]?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Enter") {
      event.preventDefault(); // the form is not sent by searching
      // Never one who was found for something else, typed before.
      if (!this.#list.hidden && this.#at >= 0 && this.#shown === this.#input.value.trim()) this.#choose(this.#at);
      else this.#soon();
    } else if (event.key === "Escape" && !this.#list.hidden) {
      event.preventDefault();
      this.#close();
    } else if (event.key in steps && this.#found.length) {
      event.preventDefault();
      if (this.#list.hidden) this.#open();
      else this.#mark((this.#at + steps[event.key] + this.#found.length) % this.#found.length);
    }
  }

  #choose(number) {
    const one = this.#found[number];
    this.#input.value = "";
    this.#close();
    this.#pick(one);
  }
}
