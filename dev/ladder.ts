import { StartError, reasonOf } from './start-error.ts';

/** One way to find something: its value with a word on where, or the reason why not (thrown). */
export type Step<T> = { readonly name: string; readonly find: (say: (line: string) => void) => Promise<T> };

/**
 * Takes the first step that finds `what`, and says one line for each that was tried.
 * When none does, throws a StartError with what to install.
 */
export async function climb<T>(
  what: string,
  steps: readonly Step<T>[],
  lastWord: string,
  say: (line: string) => void,
): Promise<T> {
  for (const { name, find } of steps) {
    try {
      const found = await find((line) => {
        say(`${what}: ${name}: ${line}`);
      });
      say(`${what}: ${name}: found ${String(found)}`);
      return found;
    } catch (error) {
      say(`${what}: ${name}: ${reasonOf(error)}`);
    }
  }
  throw new StartError(lastWord);
}
