// A form that saves itself as one types, and carries out its own buttons without leaving the page. One request at a time, so that
// each is made from the revision that the one before it brought.
export class Autosave {
  #form;
  #saved;
  #timer = 0;
  #turn = Promise.resolve();
  #waiting = 0; // turns that are not over
  #answered;

  /** `saved`: the element that tells how saving goes. `answered`: called with what was sent and what the server said. */
  constructor(form, saved, answered) {
    this.#form = form;
    this.#saved = saved;
    this.#answered = answered;
    form.addEventListener("input", (event) => { if (event.target.form === form && !event.target.closest("[data-finds]")) this.soon(); });
    form.addEventListener("submit", (event) => this.#submitted(event));
  }

  /** What was done last is carried out first: sent meanwhile, the form would not know of it. */
  #submitted(event) {
    window.clearTimeout(this.#timer);
    if (!this.#waiting) return;
    event.preventDefault();
    this.#turn.then(() => this.#form.requestSubmit(event.submitter));
  }

  soon() {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.act(), 1200);
  }

  /** Saves, and does what the button with this value would do; what the server said, or null when it could not be reached. */
  act(action = "save") {
    window.clearTimeout(this.#timer);
    this.#waiting += 1;
    this.#turn = this.#turn.then(() => this.#save(action)).finally(() => { this.#waiting -= 1; });
    return this.#turn;
  }

  async #save(action) {
    this.#show("saving");
    try {
      // The attribute: form.action would be one of its buttons, which are named so.
      const body = new URLSearchParams(new FormData(this.#form));
      body.set("action", action);
      const answer = await fetch(this.#form.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const said = await answer.json();
      document.getElementById("revision").value = said.revision;
      document.getElementById("advice").innerHTML = said.advice;
      this.#answered(body, said);
      const time = new Date(said.saved_at).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
      this.#show("saved", ` ${time}`);
      this.#form.dispatchEvent(new Event("autosaved"));
      return said;
    } catch {
      // What was typed stays on the page; the next change tries again.
      this.#show("failed");
      return null;
    }
  }

  #show(state, more = "") {
    this.#saved.textContent = this.#saved.dataset[state] + more;
    this.#saved.className = `chip ${state === "failed" ? "bad" : "ok"}`;
  }
}
