import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CLOCK, eventually, runSandbox } from './running-sandbox.ts';
import type { Answer, RunningSandbox } from './running-sandbox.ts';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());

const person = { name: '测试甲', employer: '测试厂', org: '220102', months: 40, arrears: false, status: 'employed' };
const certificate = {
  name: '测试甲',
  idNumber: 'P-1',
  occupation: '焊工',
  level: 4,
  kind: 'qualification',
  issuedOn: '2017-06-30',
};

function askInsurance(idNumber: string): Promise<Answer> {
  return sandbox.call('POST', '/insurance/v1/record-queries', { idNumber });
}

describe('insurance records', () => {
  test('an unknown ID number is not found', async () => {
    expect(await askInsurance('nobody')).toEqual({ status: 200, body: { found: false } });
  });

  test.each([
    [false, false],
    [true, true],
    [0, false],
    [2.5, true],
  ])('arrears given as %s are answered as %s', async (given, answered) => {
    expect((await sandbox.call('PUT', '/control/insurance/P-1', { ...person, arrears: given })).status).toBe(200);
    const record = { idNumber: 'P-1', ...person, arrears: answered };
    expect(await askInsurance('P-1')).toEqual({ status: 200, body: { found: true, record } });
  });

  test.each([
    ['months', { ...person, months: -1 }],
    ['arrears', { ...person, arrears: -1 }],
    ['status', { ...person, status: 'rich' }],
    ['employer', { ...person, employer: undefined }],
  ])('a wrong %s is 422 and named', async (field, body) => {
    expect(await sandbox.call('PUT', '/control/insurance/P-9', body)).toMatchObject({
      status: 422,
      body: { code: 'invalid', errors: [{ path: field }] },
    });
    expect((await askInsurance('P-9')).body).toEqual({ found: false });
  });
});

describe('certificate registers', () => {
  test('each register has its own certificates; without a status they are valid', async () => {
    await sandbox.call('PUT', '/control/registers/provincial/C%2F1', certificate);
    const ask = (register: string) =>
      sandbox.call('POST', `/registers/${register}/v1/certificate-queries`, { number: 'C/1' });
    expect((await ask('provincial')).body).toEqual({
      answer: 'found',
      certificate: { number: 'C/1', ...certificate, status: 'valid' },
    });
    expect((await ask('national')).body).toEqual({ answer: 'not-found' });
    await sandbox.call('PUT', '/control/registers/provincial/C%2F1', { ...certificate, status: 'revoked' });
    expect((await ask('provincial')).body).toMatchObject({ certificate: { status: 'revoked' } });
  });

  test('a day that does not exist is 422', async () => {
    const body = { ...certificate, issuedOn: '2017-02-30' };
    expect(await sandbox.call('PUT', '/control/registers/national/C2', body)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'issuedOn' }] },
    });
  });
});

describe('publisher', () => {
  const path = '/publisher/v1/notices/n-1';

  test('shows the very bytes and type that were published, then nothing', async () => {
    const bytes = Buffer.from([0x00, 0xff, 0x31, 0x0a, 0x80]);
    const put = await fetch(sandbox.url() + path, {
      method: 'PUT',
      body: bytes,
      headers: { 'content-type': 'text/html; charset=gb18030' },
    });
    const answered: unknown = await put.json();
    expect({ status: put.status, body: answered }).toEqual({
      status: 200,
      body: { url: sandbox.url() + path },
    });
    const shown = await fetch(sandbox.url() + path);
    expect(shown.headers.get('content-type')).toBe('text/html; charset=gb18030');
    expect(Buffer.from(await shown.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await sandbox.call('DELETE', path)).status).toBe(204);
    expect(await sandbox.call('GET', path)).toEqual({ status: 404, body: { code: 'not-found' } });
  });

  test('takes JSON as bytes too, and shows changed ones while told to', async () => {
    await sandbox.call('PUT', path, { amountFen: 150000 });
    await sandbox.call('PUT', '/control/faults/publisher', { mode: 'changed-page', count: 1 });
    expect((await sandbox.call('GET', path)).body).toEqual({ amountFen: 150001 });
    expect((await sandbox.call('GET', path)).body).toEqual({ amountFen: 150000 });
  });
});

describe('messages, letters, appraisal', () => {
  test('a message is accepted once and delivered at a business time', async () => {
    const message = { messageId: 'm-1', phone: '13000000000', text: '您好' };
    const accepted = { status: 202, body: { messageId: 'm-1', status: 'accepted' } };
    expect(await sandbox.call('POST', '/sms/v1/messages', message)).toEqual(accepted);
    expect((await sandbox.call('POST', '/sms/v1/messages', { ...message, text: '又一次' })).status).toBe(202);
    const delivered = await eventually(async () => {
      const { body } = await sandbox.call('GET', '/sms/v1/messages/m-1');
      return JSON.stringify(body).includes('delivered') ? body : undefined;
    });
    expect(delivered).toEqual({
      messageId: 'm-1',
      status: 'delivered',
      at: expect.stringMatching(/^2017-09-01T10:.*\+08:00$/),
    });
    const { body } = await sandbox.call('GET', '/control/sms/messages');
    expect(body).toMatchObject({ items: [{ messageId: 'm-1', text: '您好' }] });
    expect((await sandbox.call('GET', '/sms/v1/messages/m-2')).status).toBe(404);
  });

  test('a phone set to fail and an addressee set to return do so', async () => {
    await sandbox.call('PUT', '/control/phones/13111111111', { outcome: 'failed' });
    await sandbox.call('PUT', `/control/addressees/${encodeURIComponent('测试乙')}`, { outcome: 'returned' });
    await sandbox.call('POST', '/sms/v1/messages', { messageId: 'm-3', phone: '13111111111', text: 'x' });
    const letter = { letterId: 'l-1', name: '测试乙', address: '长春', text: 'x' };
    expect((await sandbox.call('POST', '/letter/v1/letters', letter)).status).toBe(202);
    await eventually(async () => {
      const sms = await sandbox.call('GET', '/sms/v1/messages/m-3');
      const post = await sandbox.call('GET', '/letter/v1/letters/l-1');
      const both = JSON.stringify([sms.body, post.body]);
      return both.includes('"failed"') && both.includes('"returned"') ? both : undefined;
    });
  });

  test('the appraisal body answers by what the registers hold, also after a restart', async () => {
    await sandbox.call('PUT', '/control/registers/national/C-good', certificate);
    const ask = (inquiryId: string, certificateNumber: string) =>
      sandbox.call('POST', '/appraisal/v1/inquiries', { inquiryId, certificateNumber, question: '?' });
    const answered = (inquiryId: string) =>
      eventually(async () => {
        const { body } = await sandbox.call('GET', `/appraisal/v1/inquiries/${inquiryId}`);
        return JSON.stringify(body).includes('answered"') ? body : undefined;
      });
    expect((await ask('i-1', 'C-good')).status).toBe(202);
    expect((await sandbox.call('GET', '/appraisal/v1/inquiries/i-1')).body).toMatchObject({
      status: 'open',
      opinion: null,
      answeredAt: null,
    });
    await ask('i-2', 'C-none');
    await sandbox.restart(CLOCK);
    expect(await answered('i-1')).toMatchObject({ status: 'answered', opinion: 'genuine' });
    expect(await answered('i-2')).toMatchObject({ opinion: 'not-genuine' });
  });
});

test('control data, notices and messages survive a restart', async () => {
  await sandbox.call('PUT', '/control/insurance/P-7', person);
  await sandbox.call('PUT', '/control/faults/letter', { mode: 'reject' });
  await sandbox.call('PUT', '/publisher/v1/notices/n-7', { kept: true });
  await sandbox.restart();
  expect((await askInsurance('P-7')).body).toMatchObject({ found: true });
  expect((await sandbox.call('GET', '/publisher/v1/notices/n-7')).body).toEqual({ kept: true });
  expect((await sandbox.call('GET', '/letter/v1/letters/l-1')).status).toBe(400);
  await sandbox.call('PUT', '/control/faults/letter', { mode: 'none' });
  expect((await sandbox.call('GET', '/letter/v1/letters/l-1')).status).toBe(200);
});
