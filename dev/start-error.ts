/** Something that stops a start. `message` is one line: what is wrong, where, what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The text of whatever was thrown, in one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const code = codeOf(error);
  const line = text.split('\n', 1)[0] ?? '';
  return code !== undefined && !line.includes(code) ? `${line} (${code})` : line;
}

/** The `code` of an error of Node's, such as `ENOENT`. Not by `instanceof`: in jest, Node's errors have another Error. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}
