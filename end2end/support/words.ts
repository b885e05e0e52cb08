import words from "./words.json" with { type: "json" };

/** Every sentence of the application, by file and name. Specs name sentences rather than repeat them. */
export { words };

/** A sentence with parameters: its text, or the singular and the plural, for `count`. */
type Template = string | string[];

/** Fills in a sentence's parameters. */
export function say(template: Template, values: Record<string, string | number>): string {
  const form = typeof template === "string" ? template : template[values.count === 1 ? 0 : 1];
  return (form ?? "").replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

/** Matches a text with one of these sentences in it, whatever their parameters are. */
export function pattern(...templates: Template[]): RegExp {
  const escape = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const sentences = templates.flat().map((form) => form.split(/\{\w+\}/).map(escape).join(".+"));
  return new RegExp(sentences.join("|"));
}
