/**
 * The cut-off days of 2017-09 to 2018-08, worked out by hand from a wall calendar and the State Council's notices: the
 * last working day on or before the 15th and the 30th, in February on or before its last day (N3.2).
 *
 * Off in that time: 1-8 October 2017 (国办发明电〔2016〕17号, worked 30 September); 1 January, 15-21 February, 5-7 April,
 * 29 April - 1 May, 18 June 2018 (国办发明电〔2017〕12号, worked 11 and 24 February, 8 and 28 April).
 */
export const handMadeCutOffs: readonly string[] = [
  '2017-09-15', // Friday
  '2017-09-30', // a Saturday, worked for the National Day
  '2017-10-13', // the 15th is a Sunday, the 14th a Saturday
  '2017-10-30', // Monday
  '2017-11-15', // Wednesday
  '2017-11-30', // Thursday
  '2017-12-15', // Friday
  '2017-12-29', // the 30th is a Saturday, not worked
  '2018-01-15', // Monday
  '2018-01-30', // Tuesday
  '2018-02-14', // the 15th is the first day off for the Spring Festival, the 14th a Wednesday
  '2018-02-28', // February's last day, a Wednesday
  '2018-03-15', // Thursday
  '2018-03-30', // Friday
  '2018-04-13', // the 15th is a Sunday, the 14th a Saturday
  '2018-04-28', // the 29th and 30th are off for Labour Day; the 28th is a Saturday, worked for it
  '2018-05-15', // Tuesday
  '2018-05-30', // Wednesday
  '2018-06-15', // Friday; the Dragon Boat Festival begins the day after
  '2018-06-29', // the 30th is a Saturday
  '2018-07-13', // the 15th is a Sunday, the 14th a Saturday
  '2018-07-30', // Monday
  '2018-08-15', // Wednesday
  '2018-08-30', // Thursday
];
