import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('the worked example of a callback is signed right', () => {
  const text = readFileSync(new URL('../../docs/paying.md', import.meta.url), 'utf8');
  const header = (name: string) => new RegExp(`^x-${name}: (.+)$`, 'm').exec(text)?.[1] ?? '';
  const secret = /With the secret `([^`]+)`/.exec(text)?.[1] ?? '';
  const body = /^\{"orderNo".*\}$/m.exec(text)?.[0] ?? '';
  const signed = `${header('timestamp')}.${header('nonce')}.${body}`;
  expect(header('signature')).toBe(createHmac('sha256', secret).update(signed).digest('hex'));
  expect(JSON.parse(body)).toMatchObject({ outcome: 'paid', amountFen: 195_000 });
});
