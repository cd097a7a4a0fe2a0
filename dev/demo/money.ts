import { madeTransfers } from '../sandbox-client.ts';
import type { System } from '../system.ts';
import type { Told } from './told.ts';

/**
 * Holds what the bank really paid against the stories: each paid one once, nobody else. Asked of the bank's own log, not
 * of the system. Returns the differences, each in one line.
 */
export async function moneyDifferences({ sandboxUrl }: System, told: readonly Told[]): Promise<readonly string[]> {
  const transfers = await madeTransfers(sandboxUrl);
  const made = transfers.map(({ orderNo, amountFen }) => `${orderNo} ${amountFen / 100} yuan`).sort();
  const owed = told
    .flatMap(({ story, end }) =>
      end && story.expected.state === 'paid' ? [`${end.view.caseNo}-1 ${story.expected.yuan ?? 0} yuan`] : [],
    )
    .sort();
  return [
    ...owed.filter((one) => !made.includes(one)).map((one) => `the bank did not pay ${one}`),
    ...made.filter((one, at) => !owed.includes(one) || made.indexOf(one) !== at).map((one) => `the bank paid ${one}`),
  ];
}
