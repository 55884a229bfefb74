// Talks to Kewen: asks and gives the events of the answer as they come, with a session where a site needs one.

const SILENCE_MS = 45000; // the server says something at least every 15 s
const EARLY_MS = 30000; // a session is renewed before it ends
const STALE = ["session_expired", "session_invalid", "session_elsewhere", "session_missing"];

/** A refusal in the server's own words. */
export class Refusal extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.requestId = error.request_id;
  }
}

/** The line was cut, or never there. */
export class Cut extends Error {}

/** The server is there but does not let this page in. */
export class Unlisted extends Error {}

export class Client {
  /** `site` is null on Kewen's own pages; `language()` is what messages are wanted in. */
  constructor(base, site, language) {
    this.base = base;
    this.site = site;
    this.language = language;
    this.session = null; // promise of {token, site, ends}
  }

  /** What the server told about the site; opens the session. Throws Refusal, Unlisted or Cut. */
  async open() {
    return this.site ? (await this.renewed()).site : null;
  }

  renewed() {
    const now = Date.now();
    if (!this.session || this.ends < now + EARLY_MS) {
      this.ends = Infinity;
      const mine = this.fetchSession().then((told) => {
        this.ends = now + told.expires_in * 1000;
        return told;
      });
      this.session = mine;
      mine.catch(() => {
        if (this.session === mine) this.session = null;
      });
    }
    return this.session;
  }

  async fetchSession() {
    try {
      return await this.request("/api/widget/session", { body: { site: this.site }, open: true });
    } catch (error) {
      // A refused page may not even read why; a server that answers otherwise tells the two apart.
      if (error instanceof Cut && (await this.reachable())) throw new Unlisted("origin");
      throw error;
    }
  }

  async reachable() {
    if (!navigator.onLine) return false;
    try {
      await fetch(`${this.base}/healthz`, { mode: "no-cors", cache: "no-store" });
      return true;
    } catch {
      return false;
    }
  }

  async headers(given, open) {
    const session = this.site && !open ? { "X-Kewen-Session": (await this.renewed()).token } : {};
    return { ...given, "Accept-Language": this.language() === "en" ? "en" : "zh-CN", ...session };
  }

  /** `work` once more with a new session when the server no longer knows this one. */
  async withSession(work) {
    try {
      return await work();
    } catch (error) {
      if (!this.site || !(error instanceof Refusal) || !STALE.includes(error.code)) throw error;
      this.session = null;
      return work();
    }
  }

  /** JSON of a GET, POST or DELETE; null where there is none. Throws Refusal, Unlisted or Cut. */
  call(path, options = {}) {
    return this.withSession(() => this.request(path, options));
  }

  async request(path, { body, method, open } = {}) {
    const headers = await this.headers({ ...(body ? { "Content-Type": "application/json" } : {}), Accept: "application/json" }, open);
    let response;
    try {
      response = await fetch(this.base + path, {
        method: method ?? (body ? "POST" : "GET"),
        headers,
        body: body ? JSON.stringify(body) : undefined,
        credentials: this.site ? "omit" : "same-origin",
      });
    } catch (error) {
      throw new Cut(String(error));
    }
    if (!response.ok) throw await refusal(response);
    return response.status === 204 ? null : response.json();
  }

  /**
   * Yields {event, data} of POST /api/ask, ending with `done`.
   * Throws Refusal for an error of the server, Cut for a lost line, AbortError when stopped.
   */
  async *ask(body, signal) {
    const line = new AbortController();
    const stop = () => line.abort();
    signal.addEventListener("abort", stop);
    let timer;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
    };
    heard();
    try {
      const response = await this.withSession(() => this.begin(body, line.signal));
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) throw new Cut("the stream ended before the answer");
        heard();
        const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
        rest = blocks.pop();
        for (const event of blocks.map(parsed).filter(Boolean)) {
          if (event.event === "error") throw new Refusal(200, event.data.error);
          yield event;
          if (event.event === "done") return;
        }
      }
    } catch (error) {
      if (signal.aborted) throw new DOMException("stopped", "AbortError");
      if (error instanceof Refusal || error instanceof Cut || error instanceof Unlisted) throw error;
      throw new Cut(String(error));
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      line.abort();
    }
  }

  async begin(body, signal) {
    const response = await fetch(`${this.base}/api/ask`, {
      method: "POST",
      headers: await this.headers({ "Content-Type": "application/json", Accept: "text/event-stream" }),
      body: JSON.stringify(body),
      credentials: this.site ? "omit" : "same-origin",
      signal,
    });
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

function parsed(block) {
  let event = "message";
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}

async function refusal(response) {
  let body;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  const error = body?.error ?? { code: "http_error", message: `HTTP ${response.status}`, request_id: "" };
  return new Refusal(response.status, error);
}
