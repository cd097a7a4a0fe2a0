import { occupations as canonicalOccupations } from '../reference/occupations.ts';
import type { Level, Occupation, Policy } from './policy.ts';

export type { Occupation } from './policy.ts';

/** The part of an entitlement (N4.3) that the certificate gives; neither kind nor number belongs to it. */
export interface EntitledSkill {
  readonly occupation: string;
  readonly level: Level;
}

const LEVEL_WORDS = /^(初级|中级|高级|技师|高级技师|[一二三四五12345]级|职业|工种)+工?$/;

/**
 * One spelling for what was typed: full-width and half-width alike (NFKC), no spaces and punctuation, a level in brackets
 * (`焊工（四级）`) left out, other bracketed words kept. Never empty unless nothing but signs was typed.
 */
export function normaliseOccupation(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[([{【〔〖「《<](.*?)[)\]}】〕〗」》>]/gu, (_, inside: string) =>
      LEVEL_WORDS.test(letters(inside)) ? '' : ` ${inside} `,
    )
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

const indexes = new WeakMap<readonly Occupation[], ReadonlyMap<string, string>>();

function indexOf(occupations: readonly Occupation[]): ReadonlyMap<string, string> {
  let index = indexes.get(occupations);
  if (!index) {
    index = new Map(
      occupations.flatMap(({ name, aliases }) => [name, ...aliases].map((text) => [normaliseOccupation(text), name])),
    );
    indexes.set(occupations, index);
  }
  return index;
}

const lists = new WeakMap<readonly Occupation[], readonly Occupation[]>();

/** The canonical list under a version: that of this project, and what the version adds. */
export function occupationsOf({ occupations: added }: Pick<Policy, 'occupations'>): readonly Occupation[] {
  if (!added || added.length === 0) return canonicalOccupations;
  let list = lists.get(added);
  if (!list) {
    list = [...canonicalOccupations, ...added];
    lists.set(added, list);
  }
  return list;
}

/** Every spelling under which an occupation may have been claimed, those of before a list knew them included (N4.3). */
export function spellingsOf(occupation: string, occupations: readonly Occupation[]): readonly string[] {
  const { name } = canonicalOccupation(occupation, occupations);
  const aliases = occupations.flatMap((one) => (one.name === name ? one.aliases : []));
  return [...new Set([name, ...[name, ...aliases].map(normaliseOccupation), normaliseOccupation(occupation)])];
}

/** Names that a version adds and another one lacks, or has with another meaning. */
export function namesLost(
  { occupations: had = [] }: Pick<Policy, 'occupations'>,
  { occupations: has = [] }: Pick<Policy, 'occupations'>,
): readonly string[] {
  const meanings = (list: readonly Occupation[]) =>
    list.flatMap(({ name, aliases }) => [name, ...aliases].map((text) => ({ text, name })));
  const kept = meanings(has);
  return meanings(had).flatMap(({ text, name }) =>
    kept.some((one) => one.text === text && one.name === name) ? [] : [text],
  );
}

/**
 * The occupation that a name means (N4.3). Unknown: the name as normalised, until a person sets the canonical one.
 * @param occupations the canonical list; the one of this project by default
 */
export function canonicalOccupation(
  text: string,
  occupations: readonly Occupation[] = canonicalOccupations,
): { readonly name: string; readonly known: boolean } {
  const spelling = normaliseOccupation(text);
  const name = indexOf(occupations).get(spelling);
  return name === undefined ? { name: spelling, known: false } : { name, known: true };
}

/** What an entitlement is about: canonical occupation and level (N4.3). */
export const entitledSkill = (
  occupation: string,
  level: Level,
  occupations?: readonly Occupation[],
): EntitledSkill => ({ occupation: canonicalOccupation(occupation, occupations).name, level });
