/** Business days of a run; a day passes in a minute of real time (`migrate-main.ts`). */
export const days = {
  /** Everybody has filed, and the list is published. */
  filed: '2017-12-18T09:00:00+08:00',
  windowOver: '2017-12-26T09:00:00+08:00',
  /** Each run crosses the turn of a year: two days before the first working day of the new one. */
  begins: '2017-12-31T00:00:00+08:00',
  first: '2017-12-31',
  oldYear: 2017,
  newYear: 2018,
} as const;
