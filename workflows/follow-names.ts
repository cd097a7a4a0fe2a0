/** Names by which a run is signalled and asked; kept apart so that a client needs no workflow code. */
export const eventsSignal = 'caseEvents';
/** To a round: its page has to change, look at the site now. */
export const lookSignal = 'noticeChanged';
export const knownQuery = 'known';
