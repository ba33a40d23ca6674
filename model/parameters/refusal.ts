/** Why the value of a parameter cannot be read; one sentence that begins in lower case. */
export class UnreadableValue extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableValue';
  }
}
