export function startTestServices(): Promise<{ stop(): Promise<void> }> {
  return Promise.resolve({ stop: () => Promise.resolve() });
}
