// The desk of the staff stays as it is on the server: asked every ten seconds while it can be seen. Where it could
// not be asked, that is said, with the time of what is shown.

const PAUSE_MS = 10000;
const place = document.querySelector("[data-live]");
const line = document.querySelector("#live");
const clock = () => new Date().toLocaleTimeString("sv-SE");
let mark = place?.dataset.mark;
let shown = line ? clock() : "";
let timer = 0;

const tell = (what) => {
  if (line) line.textContent = place.dataset[what].replace("{time}", shown);
};

/** The list alone is put in place, with the focus where it was; what somebody writes is never touched. */
async function take() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("#queue");
  if (!response.ok || !fresh) throw new Error("no queue");
  const held = document.activeElement?.id;
  mark = fresh.dataset.mark;
  place.replaceChildren(...fresh.childNodes);
  if (held) document.getElementById(held)?.focus();
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const response = await fetch(place.dataset.live, { headers: { Accept: "application/json" } });
    if (response.status === 401 || response.status === 403) return tell("out"); // no more looking
    if (!response.ok) throw new Error(String(response.status));
    const told = await response.json();
    if (told.mark !== mark) {
      if (place.id === "queue") await take();
      else {
        place.setAttribute("role", "status");
        place.hidden = false;
        return; // once is enough: loading again shows all of it
      }
    }
    shown = clock();
    tell("on");
  } catch {
    tell("off");
  }
  timer = setTimeout(look, PAUSE_MS);
}

if (place) {
  document.addEventListener("visibilitychange", look);
  timer = setTimeout(look, PAUSE_MS);
}
