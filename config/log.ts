import { pino, type Logger } from 'pino';

/**
 * Numbers that could be somebody's: an ID number, a bank card, a mobile phone, a letter-and-digit run as long as a social
 * credit code. Case numbers and instants have other shapes.
 */
const personal =
  /(?<![\dA-Za-z])(?:[1-9]\d{16}[\dXx]|\d{16,19}|(?:\+?86)?1[3-9]\d{9}|[1-9A-Z][\dA-Z]{17})(?![\dA-Za-z])/g;

/** The text with every such number replaced: the last guard, for what should not have been there at all. */
export const scrubbed = (text: string): string => text.replace(personal, '[number]');

/** A process's log, JSON lines on stdout, scrubbed as they are written, stacks and messages included. */
export const openLog = (
  name: string,
  write: (line: string) => unknown = (line) => process.stdout.write(line),
): Logger => pino({ name, base: { name } }, { write: (line: string) => void write(scrubbed(line)) });

/** For entry points: what nobody caught is logged, scrubbed like the rest, and ends the process with exit code 1. */
export function endOnUncaught(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal(error);
    process.exit(1);
  });
}
