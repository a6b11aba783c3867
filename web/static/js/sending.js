// While mails of the meeting are being sent, tells how far it has come. Without it the page tells how it was when it was loaded.
class Sending {
  #box;
  #bar;
  #told;

  constructor(box) {
    this.#box = box;
    this.#bar = box.querySelector("progress");
    this.#told = box.querySelector("[role=status]");
    this.#soon();
  }

  #soon() { window.setTimeout(() => this.#ask(), 1500); }

  async #ask() {
    try {
      const answer = await fetch(this.#box.dataset.mails, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const { total, left, said } = await answer.json();
      this.#bar.max = total;
      this.#bar.value = total - left;
      this.#told.textContent = said;
      if (left === 0) { this.#box.querySelector(".hint").hidden = false; return; }
    } catch {
      // The network is away for a moment; asked again.
    }
    this.#soon();
  }
}

for (const box of document.querySelectorAll("[data-mails]")) new Sending(box);
