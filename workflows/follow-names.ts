/** Names by which a run is signalled and asked; kept apart so that a client needs no workflow code. */
export const eventsSignal = 'caseEvents';
export const knownQuery = 'known';
