// Asks over HTTP and gives the events of the answer as they come.

const SILENCE_MS = 45000; // the server says something at least every 15 s

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

/**
 * Yields {event, data} of POST /api/ask, ending with `done`.
 * Throws Refusal for an error of the server, Cut for a lost line, AbortError when stopped.
 */
export async function* ask(body, { language, signal }) {
  const silence = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  heard();
  try {
    const response = await fetch("/api/ask", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "text/event-stream",
        "Accept-Language": language === "zh" ? "zh-CN" : "en",
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok) throw await refusal(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Cut("the stream ended before the answer");
      heard();
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const event of blocks.map(parsed).filter(Boolean)) {
        if (event.event === "error") throw new Refusal(200, event.data.error);
        yield event;
        if (event.event === "done") return;
      }
    }
  } catch (error) {
    if (signal.aborted) throw new DOMException("stopped", "AbortError");
    if (error instanceof Refusal) throw error;
    throw error instanceof Cut ? error : new Cut(String(error));
  } finally {
    clearTimeout(timer);
    silence.abort();
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

/** JSON of a GET or POST on this server. Throws Refusal or Cut. */
export async function callApi(path, { body, language } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: {
        ...(body ? { "Content-Type": "application/json" } : {}),
        Accept: "application/json",
        "Accept-Language": language === "en" ? "en" : "zh-CN",
      },
      body: body ? JSON.stringify(body) : undefined,
    });
  } catch (error) {
    throw new Cut(String(error));
  }
  if (!response.ok) throw await refusal(response);
  return response.json();
}
