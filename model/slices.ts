/** Long work that may be laid down and taken up again at each of its yields. */
export type Slices<Result> = Generator<void, Result, void>;
