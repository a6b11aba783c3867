/** A passing note in a corner, read aloud. `act` is an optional button, such as "Undo". It stays while it is looked at. */
export function toast(text, kind = "ok", act = null) {
  const note = document.createElement("div");
  note.className = `toast ${kind}`;
  note.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (act) note.append(act);
  shelf().append(note);
  const leave = () => (note.matches(":hover, :focus-within") ? window.setTimeout(leave, 2000) : note.remove());
  window.setTimeout(leave, 6000);
  return note;
}

function shelf() {
  const found = document.querySelector(".toasts");
  if (found) return found;
  const made = document.createElement("div");
  made.className = "toasts";
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}
