// Which conversations this visitor had: in this browser only, and only as long as it lets us.

const MOST = 20;
const DAYS = 30;
const PLACE = "kewen.history";
const CURRENT = "kewen.conversation";
const WAITS = "kewen.waiting";
const WAIT_DAYS = 90; // as long as a reply may come

export class History {
  /** `owner` keeps the sites and widgets of one host apart; empty on Kewen's own page. */
  constructor(owner) {
    this.place = owner ? `${PLACE}.${owner}` : PLACE;
    this.mark = owner ? `${CURRENT}.${owner}` : CURRENT;
    this.waits = owner ? `${WAITS}.${owner}` : WAITS;
    this.memory = { [this.place]: null, [this.mark]: null, [this.waits]: null }; // where storage is forbidden
  }

  /** [{id, title, at}], the newest first. */
  list() {
    let kept = null;
    try {
      kept = JSON.parse(this.read("localStorage", this.place) ?? "[]");
    } catch {
      // Written by something else: begin anew.
    }
    const oldest = Date.now() - DAYS * 86400000;
    return (Array.isArray(kept) ? kept : [])
      .filter((one) => /^c_\w+$/.test(one?.id) && typeof one.title === "string" && one.at > oldest)
      .slice(0, MOST);
  }

  /** Puts the conversation first; its title is its first question. */
  keep(id, title) {
    const known = this.list().find((one) => one.id === id);
    const first = { id, title: known?.title ?? title.slice(0, 120), at: Date.now() };
    const rest = this.list().filter((one) => one.id !== id);
    this.write("localStorage", this.place, JSON.stringify([first, ...rest].slice(0, MOST)));
  }

  rename(id, title) {
    const named = this.list().map((one) => (one.id === id ? { ...one, title: title.slice(0, 120) } : one));
    this.write("localStorage", this.place, JSON.stringify(named));
  }

  /** [{id, seen, at}] of conversations that wait for a reply, or hold one that nobody has seen. */
  waiting() {
    let kept = null;
    try {
      kept = JSON.parse(this.read("localStorage", this.waits) ?? "[]");
    } catch {
      // as above
    }
    const oldest = Date.now() - WAIT_DAYS * 86400000;
    return (Array.isArray(kept) ? kept : []).filter((one) => /^c_\w+$/.test(one?.id) && one.at > oldest);
  }

  /** A reply is waited for, and `seen` of them were shown; null: no longer. */
  await(id, seen) {
    const rest = this.waiting().filter((one) => one.id !== id);
    const all = seen === null ? rest : [{ id, seen, at: Date.now() }, ...rest].slice(0, MOST);
    this.write("localStorage", this.waits, all.length ? JSON.stringify(all) : null);
  }

  drop(id) {
    this.await(id, null);
    const rest = this.list().filter((one) => one.id !== id);
    this.write("localStorage", this.place, rest.length ? JSON.stringify(rest) : null);
  }

  /** The conversation of this tab, or null. */
  get current() {
    return this.read("sessionStorage", this.mark);
  }

  set current(id) {
    this.write("sessionStorage", this.mark, id);
  }

  read(storage, name) {
    try {
      return window[storage].getItem(name);
    } catch {
      return this.memory[name];
    }
  }

  write(storage, name, value) {
    this.memory[name] = value;
    try {
      if (value === null) window[storage].removeItem(name);
      else window[storage].setItem(name, value);
    } catch {
      // Forbidden or full: then it lasts as long as the page.
    }
  }
}
