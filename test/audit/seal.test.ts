import { expect, test } from '@jest/globals';
import { newKey, open, seal } from '../../crypto/seal.ts';

test('what is sealed opens with its key, in its place and unchanged, and not otherwise', () => {
  const key = newKey();
  const sealed = seal(key, Buffer.from('6222024200000000010'), 'account');
  expect(open(key, sealed, 'account').toString()).toBe('6222024200000000010');
  expect(() => open(newKey(), sealed, 'account')).toThrow();
  expect(() => open(key, sealed, 'payee')).toThrow();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => open(key, changed, 'account')).toThrow();
  }
  expect(() => open(key, sealed.subarray(0, 20), 'account')).toThrow();
});

test('the same twice is sealed differently, and keys are of 256 bits', () => {
  const key = newKey();
  const made = Array.from({ length: 1_000 }, () => seal(key, Buffer.from('x'), 'c').toString('hex'));
  expect([new Set(made).size, key.length]).toEqual([1_000, 32]);
});
