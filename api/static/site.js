// What a script adds to pages that work without one: copying, the place in the contents, keeping the place.

for (const text of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = text.dataset.copy;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = text.dataset.copied;
    } catch {
      // Where copying is not allowed the text is selected instead.
      getSelection().selectAllChildren(text);
    }
  });
  text.after(button);
}

// The other language shows the same article.
for (const link of document.querySelectorAll("[data-keep-place]")) {
  const bare = link.href;
  const keep = () => {
    link.href = bare + location.hash;
  };
  keep();
  addEventListener("hashchange", keep);
  link.addEventListener("click", keep); // a conversation changes its address without saying so
}

// Where one is, in the contents.
const contents = document.querySelector("nav.contents");
if (contents) {
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const inView = new Set();
  let current = null;
  const mark = () => {
    const first = [...links.keys()].find((id) => inView.has(id));
    if (!first) return; // between two long articles: the last one stands
    current?.removeAttribute("aria-current");
    current = links.get(first);
    current.setAttribute("aria-current", "location");
  };
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) inView.add(target.id);
        else inView.delete(target.id);
      }
      mark();
    },
    { rootMargin: "-40px 0px -80%" },
  );
  for (const article of document.querySelectorAll(".article[id]")) seen.observe(article);
}

// Only what cannot run is put in place, whatever the policy of the page would stop.
const RUNS = "script, iframe, frame, object, embed, base, meta, link, style, template, math, animate, set";
const inert = (part) =>
  [part, ...part.querySelectorAll("*")].every(
    (node) =>
      !node.matches(RUNS) &&
      [...node.attributes].every(
        ({ name, value }) => !/^(on|style$|srcdoc$)/i.test(name) && !/^\s*(javascript|data|vbscript):/i.test(value),
      ),
  );

// A list follows what is typed: the page that the form would open is fetched, and its list put in place.
for (const form of document.querySelectorAll("form[data-as-typed]")) {
  const field = form.querySelector("input[type=search]");
  let waiting = 0;
  let asking = null;
  let shown = field.value.trim();
  const follow = async () => {
    const place = document.querySelector(form.dataset.asTyped);
    const said = field.value.trim();
    if (!place || said === shown) return;
    asking?.abort();
    asking = new AbortController();
    const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
    place.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" }, signal: asking.signal });
      if (!response.ok) return; // too many, or not now: sending the form says so
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector(form.dataset.asTyped);
      if (!fresh || !inert(fresh)) return;
      place.replaceWith(fresh);
      fresh.querySelector("#count")?.setAttribute("role", "status");
      document.title = page.title;
      history.replaceState(history.state, "", address);
      shown = said;
    } catch {
      // the next letter has taken its place, or there is no network
    } finally {
      place.removeAttribute("aria-busy");
    }
  };
  field.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(follow, 300);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(follow, 150);
  });
}

// On paper nothing can be unfolded.
const folded = () => document.querySelectorAll("details:not([open]):not(.as-table)");
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...folded()];
  for (const one of unfolded) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of unfolded) one.open = false;
});
