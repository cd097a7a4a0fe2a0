import { XMLParser } from 'fast-xml-parser';

/** An element as it stands in the file: children in their order, or text. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

/** A file that can't be read as what it should be. */
export class BadFile extends Error {}

const largestFile = 64 * 1024 * 1024;
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: true,
  ignoreDeclaration: true,
});

/** Reads a document. Document types and what they could declare are refused before anything is parsed. @throws BadFile */
export function readXml(bytes: Buffer): Element {
  if (bytes.length > largestFile) throw new BadFile('larger than 64 MB');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (/<!\s*(doctype|entity|element|attlist)/i.test(text)) throw new BadFile('it has a document type');
  let nodes: unknown;
  try {
    nodes = parser.parse(text);
  } catch {
    throw new BadFile('it is no XML');
  }
  const [root, second] = elementsOf(nodes);
  if (!root || second) throw new BadFile('it is no document with one root');
  // The parser forgives a file that was cut off.
  if (!new RegExp(`</([\\w.-]+:)?${root.name}\\s*>\\s*$`).test(text)) throw new BadFile('it is cut off');
  return root;
}

function elementsOf(nodes: unknown): readonly Element[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown): readonly Element[] => {
    const entries = Object.entries(node as Readonly<Record<string, unknown>>);
    const found = entries.find(([name]) => name !== ':@' && name !== '#text');
    if (!found) return [];
    const [tag, inside] = found;
    const name = tag.slice(tag.indexOf(':') + 1);
    const given = Object.entries(entries.find(([key]) => key === ':@')?.[1] ?? {});
    const attributes = Object.fromEntries(given.map(([key, value]) => [key, String(value as unknown)]));
    const prefixed = tag === name ? undefined : attributes[`xmlns:${tag.slice(0, -name.length - 1)}`];
    return [
      {
        name,
        attributes: prefixed === undefined ? attributes : { ...attributes, xmlns: prefixed },
        children: elementsOf(inside),
        text: textOf(inside),
      },
    ];
  });
}

function textOf(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return nodes
    .map((node: unknown) => (node as Readonly<Record<string, unknown>>)['#text'])
    .filter((text) => typeof text === 'string')
    .join('');
}

/** The elements at a path below, in their order. */
export function all(element: Element, path: string): readonly Element[] {
  let found: readonly Element[] = [element];
  for (const name of path.split('/'))
    found = found.flatMap(({ children }) => children.filter((one) => one.name === name));
  return found;
}

/** The text of the first element at a path; undefined where there is none or it is empty. */
export const textAt = (element: Element, path: string): string | undefined =>
  all(element, path)[0]?.text.trim() || undefined;
