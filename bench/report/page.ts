export interface Section {
  readonly name: string;
  readonly text: string;
}

/**
 * The page with this section's text in place of the one it had, or put in where `order` wants it; everything else stays as it is,
 * letter by letter.
 */
export function putSection(page: string, { name, text }: Section, order: readonly string[]): string {
  const written = `${opening(name)}\n\n${text.trim()}\n\n${closing(name)}`;
  const from = page.indexOf(opening(name));
  const to = page.indexOf(closing(name));
  if (from >= 0 && to > from) return page.slice(0, from) + written + page.slice(to + closing(name).length);
  if (from >= 0 || to >= 0) throw new Error(`the page's section ${name} has lost its beginning or its end`);
  const after = order.slice(order.indexOf(name) + 1).map((next) => page.indexOf(opening(next)));
  const place = after.find((at) => at >= 0);
  if (place === undefined || !order.includes(name)) return `${page.trimEnd()}\n\n${written}\n`;
  return `${page.slice(0, place)}${written}\n\n${page.slice(place)}`;
}

const opening = (name: string) => `<!-- ${name} -->`;
const closing = (name: string) => `<!-- end of ${name} -->`;
