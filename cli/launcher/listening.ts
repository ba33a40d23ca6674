/**
 * What the server process sends to its launcher when it has its port. An answer at that port alone
 * proves nothing: another program may have taken it first.
 */
export const listeningMessage = 'listening';
