/** Sessions of browsers: how long they last, and the codes that begin one. */

/** A session ends when nothing has come of it for so long. */
export const idleHours = 12;
/** And in any case so long after it began. */
export const longestDays = 30;
/** A sign-in code that nobody has used is worth nothing after so long. */
export const codeMinutes = 10;
