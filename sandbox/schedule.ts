/** What is to happen later, in real time. Closing it drops everything still waiting, so that the process can end. */
export class Schedule {
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  /** Runs `task` once, `delayMs` real milliseconds from now (at once if negative), unless closed before. */
  after(delayMs: number, task: () => void): void {
    if (this.#closed) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        task();
      },
      Math.max(0, delayMs),
    );
    this.#timers.add(timer);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
