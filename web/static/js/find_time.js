// Finding a time in the schedule form: asks for proposals for the draft as it stands, takes one into the form, and shows who is free
// when beside what is typed.
import { FreeWeek } from "./free_week.js";
import { toast } from "./toast.js";

export class FindTime {
  #part;
  #form;
  #autosave;
  #times;
  #free;
  #week = null;
  #day = ""; // that was turned to
  #asked = null;

  /** `form`: of the meeting; `wish`: the small form that asks. */
  constructor(part, form, wish, autosave) {
    this.#part = part;
    this.#form = form;
    this.#autosave = autosave;
    this.#times = part.querySelector("#times");
    this.#free = part.querySelector("#free");
    part.hidden = false;
    form.addEventListener("autosaved", () => this.#draw());
    this.#free.addEventListener("click", (event) => {
      const turns = event.target.closest("button[data-day]");
      if (turns) this.#turn(turns.dataset.day, turns.getAttribute("aria-label"));
    });
    this.#draw();
    wish.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#find(wish);
    });
    part.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-takes]");
      if (button) this.take(button.dataset);
    });
  }

  async #find(wish) {
    const button = this.#part.querySelector(`button[form="${wish.id}"]`);
    button.setAttribute("aria-busy", "true");
    try {
      await this.#autosave.act(); // what was just typed counts
      const answer = await fetch(`${wish.getAttribute("action")}?${new URLSearchParams(new FormData(wish))}`);
      if (!answer.ok && answer.status !== 422) throw new Error(answer.status);
      this.#times.innerHTML = await answer.text();
      this.#propose();
    } catch {
      toast(this.#part.dataset.failed, "bad");
    }
    button.removeAttribute("aria-busy");
  }

  /** The picture of the week (on a narrow screen of the day) that was turned to, or else of the typed time. */
  async #draw() {
    this.#asked?.abort();
    const asked = this.#asked = new AbortController();
    const day = window.matchMedia("(max-width: 40rem)").matches ? { days: 1 } : {};
    try {
      const answer = await fetch(`${this.#part.dataset.free}?${new URLSearchParams({ day: this.#day, ...day })}`, { signal: asked.signal });
      if (!answer.ok) throw new Error(answer.status);
      const drawn = await answer.text();
      const open = [...this.#free.querySelectorAll("tbody")].map((one) => one.classList.contains("open"));
      const scrolled = this.#free.querySelector(".free-scroll")?.scrollTop ?? 0;
      const held = document.activeElement?.matches("#free [role=slider]");
      this.#free.innerHTML = drawn;
      if (held) this.#free.querySelector("[role=slider]").focus({ preventScroll: true });
      const agencies = this.#free.querySelectorAll("tbody");
      if (open.length === agencies.length) agencies.forEach((one, n) => unfold(one, open[n]));
      this.#free.querySelector(".free-scroll").scrollTop = scrolled;
      this.#week = new FreeWeek(this.#free, this.#quarters(), (time) => this.take(time));
      this.#propose();
    } catch (error) {
      if (error.name !== "AbortError") this.#asked = null; // what is drawn stays; the next save draws anew
    }
  }

  async #turn(day, label) {
    this.#day = day;
    await this.#draw();
    this.#free.querySelector(`button[aria-label="${label}"]`)?.focus();
  }

  /** The length of the meeting as it is typed. */
  #quarters() {
    const [start, end] = ["start", "end"].map((name) => this.#form.elements[name].value.split(":").map(Number));
    const minutes = end[0] * 60 + end[1] - start[0] * 60 - start[1];
    return minutes > 0 ? Math.ceil(minutes / 15) : 4;
  }

  #propose() {
    this.#week?.propose([...this.#times.querySelectorAll("[data-takes]")].map((one) => one.dataset));
  }

  /** Puts a time, and a room if one goes with it, into the form: {date, start, end, room}. */
  async take({ date, start, end, room }) {
    const fields = this.#form.elements;
    for (const [name, value] of Object.entries({ date, start, end, end_date: "", room_id: room ?? fields.room_id.value })) {
      fields[name].value = value;
      fields[name].dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.#day = "";
    fields.date.scrollIntoView({ block: "center" });
    fields.date.focus({ preventScroll: true });
    if (await this.#autosave.act()) toast(this.#part.dataset.taken);
  }
}

function unfold(agency, open) {
  agency.classList.toggle("open", open);
  agency.querySelector("[data-unfolds]")?.setAttribute("aria-expanded", String(open));
}
