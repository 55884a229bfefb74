// Which conversations this visitor had: in this browser only, and only as long as it lets us.

const MOST = 20;
const DAYS = 30;
const PLACE = "kewen.history";
const CURRENT = "kewen.conversation";

export class History {
  /** `owner` keeps the sites and widgets of one host apart; empty on Kewen's own page. */
  constructor(owner) {
    this.place = owner ? `${PLACE}.${owner}` : PLACE;
    this.mark = owner ? `${CURRENT}.${owner}` : CURRENT;
    this.memory = { [this.place]: null, [this.mark]: null }; // where storage is forbidden
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

  drop(id) {
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
