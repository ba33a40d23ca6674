/**
 * How many times as long as usual the servers of the test run may take to answer: they serve several
 * tests at once. Tests of what happens when they do not answer leave it at 1.
 */
export const patience = 6;
