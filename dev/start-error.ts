/** Something that stops a start. `message` is one line: what is wrong, where, what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The text of whatever was thrown, in one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  const line = text.split('\n', 1)[0] ?? '';
  return code !== '' && !line.includes(code.slice(2, -1)) ? `${line}${code}` : line;
}
