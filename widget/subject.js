// The record that the page around the widget is about: the first question is about it.

import { ABOUT } from "./texts.js";

export class Subject {
  /** `given` as for `find`, or `page`: what the page itself says that it is about; null where it says nothing.
   * Throws what the client throws. */
  static async of(client, given) {
    if (given.trim() !== "page") return Subject.find(client, given);
    const named = document.querySelector('meta[name="kewen-context"]')?.content;
    if (named) return Subject.find(client, named);
    const name = nameOfPage();
    return name ? new Subject({ name: { zh: name, en: name } }, "resource") : null;
  }

  /** `given` is a resource's id, or policy:ID. Throws what the client throws. */
  static async find(client, given) {
    const [, policy, id] = /^(policy:)?(.+)$/s.exec(given.trim());
    const record = await client.call(`/api/${policy ? "policies" : "resources"}/${encodeURIComponent(id)}`);
    return new Subject(record, policy ? "policy" : "resource");
  }

  constructor(record, kind) {
    this.record = record;
    this.kind = kind;
    this.left = false;
  }

  /** Its name as it is asked for; null once the visitor has left it. */
  name(language) {
    if (this.left) return null;
    const names = this.record.name ?? this.record.title;
    const name = names[language] ?? names.zh ?? names.en;
    return this.kind === "policy" && language === "zh" ? `《${name}》` : name;
  }

  openers() {
    return this.left ? [] : ABOUT[this.kind];
  }

  leave() {
    this.left = true;
  }

  /** The question with the name before it, unless that is in it: what is sent is what is shown. */
  asked(question) {
    const language = /[\u3400-\u9fff]/.test(question) ? "zh" : "en";
    const name = this.name(language);
    if (!name) return question;
    const names = Object.values(this.record.name ?? this.record.title).filter(Boolean);
    if (names.some((one) => question.toLowerCase().includes(one.toLowerCase()))) return question;
    return language === "zh" ? `${name}：${question}` : `${name}: ${question}`;
  }
}

/** The name in its schema.org description, else its one first heading. */
function nameOfPage() {
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    try {
      const told = [JSON.parse(script.textContent)].flat().find((one) => typeof one?.name === "string");
      if (told) return told.name.trim().slice(0, 120);
    } catch {
      // not ours to mend
    }
  }
  const heads = document.querySelectorAll("h1");
  return heads.length === 1 ? heads[0].textContent.trim().slice(0, 120) : null;
}
