/** Which methods an address knows: one that is asked by another gets 405 instead of 404 (RFC 9110). */
export class KnownRoutes {
  readonly #routes: { readonly pattern: RegExp; readonly methods: readonly string[]; readonly parameters: number }[] =
    [];

  /** @param url as routes are written, `/v1/cases/:caseNo` */
  add(method: string | readonly string[], url: string): void {
    const source = url
      .split('/')
      .map((step) => (step.startsWith(':') ? '[^/]+' : step.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/');
    this.#routes.push({
      pattern: new RegExp(`^${source}$`),
      methods: [method].flat(),
      parameters: url.split('/:').length - 1,
    });
  }

  /** A step that is written out goes before one that is a parameter. @param url as it was asked, its query included */
  methodsOf(url: string): readonly string[] {
    const [path = ''] = url.split('?', 1);
    const found = this.#routes.filter(({ pattern }) => pattern.test(path));
    const fewest = Math.min(...found.map(({ parameters }) => parameters));
    const nearest = found.filter(({ parameters }) => parameters === fewest);
    return [...new Set(nearest.flatMap(({ methods }) => methods))].sort();
  }
}
