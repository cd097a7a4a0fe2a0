import { z } from 'zod';

/** What a process was started with. Values are strings as the shell gave them; an empty one counts as missing. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that is missing or wrong. `message` is one line that names it and says what to do; never its value. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** One variable of the environment: how it is read, and what to set it to. */
export type Setting<T> = { readonly name: string; readonly schema: z.ZodType<T>; readonly want: string };

export function setting<T>(name: string, schema: z.ZodType<T>, want: string): Setting<T> {
  return { name, schema, want };
}

/** The value, undefined when it is not set; throws a SettingError when it is wrong. */
export function optional<T>(env: Environment, { name, schema, want }: Setting<T>): T | undefined {
  const text = env[name]?.trim();
  if (text === undefined || text === '') return undefined;
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new SettingError(`${name} is wrong: set it to ${want}`);
}

/** The value; throws a SettingError when it is missing or wrong. */
export function required<T>(env: Environment, wanted: Setting<T>): T {
  const value = optional(env, wanted);
  if (value === undefined) throw new SettingError(`${wanted.name} is missing: set it to ${wanted.want}`);
  return value;
}

/** For entry points: reads settings, or prints the one line on stderr and ends the process with exit code 1. */
export function settingsOrExit<T>(read: (env: Environment) => T, env: Environment = process.env): T {
  try {
    refuseBlindTls(env);
    return read(env);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** For entry points: what is read from elsewhere on the strength of settings, or the one line and exit code 1. */
export async function orExit<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Node's own switch that accepts any certificate would make every `https://` here a pretence. */
export function refuseBlindTls(env: Environment): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    throw new SettingError('NODE_TLS_REJECT_UNAUTHORIZED is wrong: unset it, and name a CA by NODE_EXTRA_CA_CERTS');
}
