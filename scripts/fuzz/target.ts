import type { randomFrom } from '../../test/support/random-from.ts'

/** A number below a bound, the same for the same seed. */
export type Random = ReturnType<typeof randomFrom>

/** A file, recorded or damaged. */
export interface Sample {
  /** From the folder of its kind: formats judge by it where content cannot tell. */
  path: string
  bytes: Buffer
}

/** One reader of what comes from outside. */
export interface Target {
  name: string
  /** What is damaged: recorded files, as far as there are some. Asked for once. */
  samples(): readonly Sample[]
  /**
   * Gives the input to the reader. Throws where something is not as it has to be: an error that is not meant for people, a figure
   * that cannot be, a secret that comes out.
   *
   * @returns what people are told of the input, where they are told something: it has to be readable
   */
  run(input: Sample, random: Random): unknown
}
