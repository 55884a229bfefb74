// The address of a conversation on Kewen's own page, /#c_…: reload, back, forward and a bookmark lead to it.
// Behind the # no server and no log sees it.

export class Address {
  /** `go(id)` hears where back and forward lead; null is a new conversation. */
  constructor(go) {
    window.history.scrollRestoration = "manual"; // the conversation itself returns to its last question
    addEventListener("popstate", () => go(this.id));
  }

  get id() {
    return /^#(c_\w+)$/.exec(location.hash)?.[1] ?? null;
  }

  /** From now on the page is this conversation; `instead`: no step back to what it was. */
  put(id, { instead = false } = {}) {
    if (id === this.id) return;
    const search = new URLSearchParams(location.search);
    search.delete("q"); // a question that has been asked is no draft any more
    const query = search.size ? `?${search}` : "";
    const change = instead ? "replaceState" : "pushState";
    window.history[change](null, "", `${location.pathname}${query}${id ? `#${id}` : ""}`);
  }
}
