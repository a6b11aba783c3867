// The schedule page: saves by itself, finds people, invites whole groups. Without it the page works as a plain form.
const form = document.querySelector("form[data-autosave]");
const saved = document.getElementById("saved");

class Autosave {
  #timer = 0;
  #saving = false;
  #again = false;

  constructor() {
    form.addEventListener("input", () => this.#soon());
    form.addEventListener("submit", () => window.clearTimeout(this.#timer));
  }

  soon() { this.#soon(); }

  #soon() {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#save(), 1200);
  }

  async #save() {
    if (this.#saving) { this.#again = true; return; }
    this.#saving = true;
    this.#show("saving");
    try {
      // The attribute: form.action would be one of its buttons, which are named so.
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const { revision, saved_at, advice } = await answer.json();
      document.getElementById("revision").value = revision;
      document.getElementById("advice").innerHTML = advice;
      const time = new Date(saved_at).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
      this.#show("saved", ` ${time}`);
    } catch {
      // What was typed stays on the page; the next change tries again.
      this.#show("failed");
    } finally {
      this.#saving = false;
      if (this.#again) { this.#again = false; this.#soon(); }
    }
  }

  #show(state, more = "") {
    saved.textContent = saved.dataset[state] + more;
    saved.className = `chip ${state === "failed" ? "bad" : "ok"}`;
  }
}

const autosave = new Autosave();

const pick = document.getElementById("people-pick");
const count = document.getElementById("invited-count");
function recount() {
  const chosen = [...pick.querySelectorAll("select")].filter((select) => select.value).length;
  count.textContent = count.dataset.text.replace("{n}", chosen);
}
pick.addEventListener("change", recount);

// One click invites the first person, by protocol, of every agency of a kind.
for (const button of document.querySelectorAll("[data-invite-kind]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const group of pick.querySelectorAll(`details[data-kind="${button.dataset.inviteKind}"]`)) {
      const first = group.querySelector("select");
      if (![...group.querySelectorAll("select")].some((select) => select.value)) first.value = "vote";
      group.open = true;
    }
    recount();
    autosave.soon();
  });
}

// Fields that make sense for one choice only.
for (const part of document.querySelectorAll("[data-only]")) {
  const [name, value] = part.dataset.only.split("=");
  const show = () => { part.hidden = form.elements[name].value !== value; };
  form.addEventListener("change", show);
  show();
}
