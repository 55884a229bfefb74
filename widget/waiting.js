// Replies that are waited for: looked for while the panel is closed too, in any tab, and days later.

const OFTEN_MS = 60000;
const MOST_ASKED = 5; // conversations of one look

export class Waiting {
  /** `client` asks Kewen; `history` remembers what is waited for; `heard(id)` is told of a reply nobody has seen,
   * null: there is none any more. */
  constructor(client, history, heard) {
    this.client = client;
    this.history = history;
    this.heard = heard;
    document.addEventListener("visibilitychange", () => this.schedule(0));
    // Another tab has shown it, or handed something over.
    addEventListener("storage", (event) => event.key === history.waits && this.look());
    this.schedule(0);
  }

  schedule(after) {
    clearTimeout(this.timer);
    if (document.hidden || !this.history.waiting().length) return;
    this.timer = setTimeout(() => this.look(), after);
  }

  async look() {
    let unseen = null;
    for (const { id, seen } of this.history.waiting().slice(0, MOST_ASKED)) {
      try {
        const told = await this.client.call(`/api/conversations/${encodeURIComponent(id)}`);
        if (told.replies.length > seen) unseen = unseen ?? id;
        else if (!told.tickets.some((ticket) => ticket.state === "open")) this.history.await(id, null);
      } catch (error) {
        if (error.status === 404) this.history.await(id, null);
      }
    }
    this.heard(unseen);
    this.schedule(OFTEN_MS);
  }
}
