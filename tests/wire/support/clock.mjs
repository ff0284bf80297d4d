// What is counted by the clock: a test that counts within one window must not see two.
import { eventually } from './server.mjs';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Waits until so many milliseconds are left of the present window. */
export const untilEarlyIn = (window, left) => eventually(() => window - (Date.now() % window) > left, 'a window begins', 60);

/** Waits, if need be, until what is counted now is counted in one minute. */
export const withinOneMinute = () => untilEarlyIn(MINUTE, 15_000);

/** Waits, if need be, until what is counted now is counted in one day. */
export const withinOneDay = () => untilEarlyIn(DAY, 30_000);
