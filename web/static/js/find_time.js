// Finding a time in the schedule form: asks for proposals for the draft as it stands, and takes one into the form.
import { toast } from "./toast.js";

export class FindTime {
  #part;
  #form;
  #autosave;
  #times;

  /** `form`: of the meeting; `wish`: the small form that asks. */
  constructor(part, form, wish, autosave) {
    this.#part = part;
    this.#form = form;
    this.#autosave = autosave;
    this.#times = part.querySelector("#times");
    part.hidden = false;
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
    } catch {
      toast(this.#part.dataset.failed, "bad");
    }
    button.removeAttribute("aria-busy");
  }

  /** Puts a time, and a room if one goes with it, into the form: {date, start, end, room}. */
  async take({ date, start, end, room }) {
    const fields = this.#form.elements;
    for (const [name, value] of Object.entries({ date, start, end, end_date: "", room_id: room ?? fields.room_id.value })) {
      fields[name].value = value;
      fields[name].dispatchEvent(new Event("input", { bubbles: true }));
    }
    fields.date.scrollIntoView({ block: "center" });
    fields.date.focus({ preventScroll: true });
    if (await this.#autosave.act()) toast(this.#part.dataset.taken);
  }
}
