import { tsImport } from 'tsx/esm/api';

export default async function globalSetup() {
  const { startTestServices } = await tsImport('./services.ts', import.meta.url);
  globalThis.testServices = await startTestServices();
}
