/** Texts that are packed once each; where they were, their places among all of them stand. */
export class TextIndex {
  private readonly places = new Map<string, number>();

  /** @param isBlank leaves all texts out: each is packed as the empty one */
  constructor(private readonly isBlank = false) {}

  /** Place of a text, which is added where it is new. */
  placeOf(text: string): number {
    const kept = this.isBlank ? '' : text;
    const known = this.places.get(kept);
    if (known !== undefined) return known;
    this.places.set(kept, this.places.size);
    return this.places.size - 1;
  }

  get texts(): string[] {
    return [...this.places.keys()];
  }
}
