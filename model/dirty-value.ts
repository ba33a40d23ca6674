/** Why a value does not fit; its row is a dirty row. */
export class DirtyValue extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DirtyValue';
  }
}
