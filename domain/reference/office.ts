/** Where an agency is found, and its telephone; null where nobody told yet. */
export interface Office {
  readonly address: string | null;
  readonly phone: string | null;
}

/** 人社服务热线: answers for every agency that has no telephone here. */
export const hotline = '12333';

export const phoneOf = ({ phone }: Office): string => phone ?? hotline;
