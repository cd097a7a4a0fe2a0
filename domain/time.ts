import type { Brand } from './brand.ts';

/** A civil date in Asia/Shanghai, `2017-09-01`: a day, not a midnight. Text order is time order. */
export type CivilDate = Brand<string, 'CivilDate'>;

/**
 * An instant on the business clock, ISO 8601 at `+08:00`, milliseconds only where there are some:
 * `2017-09-09T00:00:00+08:00`. Written in this one form everywhere, so text order is time order.
 */
export type Instant = Brand<string, 'Instant'>;

/** Civil time is Asia/Shanghai, written as this fixed offset, so that an instant's date is its first ten characters. */
export const OFFSET = '+08:00';

/** The day in Asia/Shanghai on which an instant falls; 00:00 belongs to the day that it begins. */
export const dateOf = (instant: Instant): CivilDate => instant.slice(0, 10) as CivilDate;

/** 00:00 of the day. */
export const startOfDay = (date: CivilDate): Instant => `${date}T00:00:00${OFFSET}` as Instant;

/** Milliseconds since the epoch of a business instant. Safe inside workflows. */
export const epochMs = (instant: Instant): number => Date.parse(instant);

/** How business time follows real time (design.md, Time): production has speed 1 and equal anchors. */
export interface BusinessClock {
  readonly businessAnchorMs: number;
  readonly realAnchorMs: number;
  readonly speed: number;
}

/** Real milliseconds since the epoch → business milliseconds. */
export const businessMs = (clock: BusinessClock, realMs: number): number =>
  clock.businessAnchorMs + (realMs - clock.realAnchorMs) * clock.speed;

/** Real milliseconds to wait from `realMs` until the business clock shows `instant`; 0 when it already does. */
export const realMsUntil = (clock: BusinessClock, instant: Instant, realMs: number): number =>
  Math.max(0, Math.ceil((epochMs(instant) - businessMs(clock, realMs)) / clock.speed));
