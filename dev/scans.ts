import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DocumentKind } from '../domain/document.ts';
import type { Caller } from './client.ts';

/** A page that says what it stands for: as little of a PDF as a PDF may be. No two are the same. */
function scanOf(kind: DocumentKind): string {
  const text = `BT /F1 18 Tf 40 240 Td (${kind} ${randomUUID()}) Tj ET`;
  return `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 480 280] /Contents 4 0 R
  /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
4 0 obj << /Length ${text.length} >> stream
${text}
endstream endobj
trailer << /Root 1 0 R >>
%%EOF
`;
}

/** Uploads one paper. @returns its document id */
export async function uploadScan(caller: Caller, kind: DocumentKind, scan: string = scanOf(kind)): Promise<string> {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', new Blob([scan]), `${kind}.pdf`);
  return (await caller.upload('/v1/documents', form, z.object({ documentId: z.string() }))).documentId;
}

/** The papers that an online application needs (N2.2): certificate and ID card. */
export const uploadScans = (caller: Caller): Promise<string[]> =>
  Promise.all((['certificate', 'id-card'] as const).map((kind) => uploadScan(caller, kind)));
