// The schedule page: saves by itself, finds people, invites whole groups. Without it the page works as a plain form.
import { Autosave } from "./autosave.js";
import { FindTime } from "./find_time.js";
import { PeopleFinder } from "./people_finder.js";
import { SharedDraft } from "./shared_draft.js";
import { toast } from "./toast.js";

const form = document.querySelector("form[data-autosave]");
const chosen = document.getElementById("chosen");
const shared = new SharedDraft(form, document.getElementById("clashes"), () => autosave.act());
const autosave = new Autosave(form, document.getElementById("saved"), (sent, said) => {
  shared.take(sent, said);
  if (said.chosen !== undefined) chosen.innerHTML = said.chosen;
});
const box = form.querySelector("[data-finds]");

for (const part of form.querySelectorAll("[data-plain]")) part.remove();

/** A button of the people part: done at once, and the list of the invited drawn again. */
async function act(action) {
  const said = await autosave.act(action);
  if (said?.chosen === undefined) toast(box.dataset.failed, "bad");
}

new PeopleFinder(box, async (one) => {
  await act(`add:${one.key}`);
  if (!one.key.includes(":")) offer(one);
});

/** Whoever was found can chair or keep the minutes too. */
function offer(one) {
  for (const select of form.querySelectorAll("[data-people-select]")) {
    if (!select.querySelector(`option[value="${one.key}"]`)) select.append(new Option(one.detail ? `${one.name} – ${one.detail}` : one.name, one.key));
  }
}

form.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-acts]");
  if (!button) return;
  event.preventDefault();
  const row = [...chosen.querySelectorAll('button[value^="remove:"]')].indexOf(button);
  await act(button.value);
  if (button.isConnected) return;
  const near = chosen.querySelectorAll('button[value^="remove:"]');
  (near[Math.min(Math.max(row, 0), near.length - 1)] ?? box.querySelector("input")).focus();
});

new FindTime(form.querySelector(".find-time"), form, document.getElementById("times-form"), autosave);

// What was just typed is saved before the page goes on to asking for a time.
document.getElementById("poll-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  await autosave.act();
  event.target.submit();
});

// Fields that make sense for one choice only.
for (const part of document.querySelectorAll("[data-only]")) {
  const [, name, not, value] = part.dataset.only.match(/^([^!=]+)(!?)=(.*)$/);
  const show = () => { part.hidden = (form.elements[name].value !== value) === !not; };
  form.addEventListener("change", show);
  show();
}
