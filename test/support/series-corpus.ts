import { NO_SAMPLE } from '../../src/model/series.ts'
import type { Recording } from '../../src/model/series.ts'
import { chance } from './series-corpus-physics.ts'
import { SHAPES, SHAPE_NAMES } from './series-corpus-shapes.ts'
import type { Truth } from './series-corpus-shape.ts'
import type { ShapeName } from './series-corpus-shapes.ts'

/** A series that we made, and what is true of it. */
export interface Labelled {
  name: string
  shape: ShapeName
  hit: boolean
  truth: Truth
  recording: Recording
}

/** Rules were written looking at these. */
export const DEVELOPMENT_SEEDS: readonly number[] = [1, 2, 3, 4, 5, 6, 7]
/** And never at these: they are for the score. */
export const SCORE_SEEDS: readonly number[] = [301, 302, 303, 304, 305, 306, 307]

/** Every shape, with its limit reached and not, once for each seed. */
export function seriesCorpus(seeds: readonly number[]): Labelled[] {
  return SHAPE_NAMES.flatMap((shape) =>
    [false, true].flatMap((hit) => seeds.map((seed) => labelled(shape, hit, seed))),
  )
}

export function labelled(shape: ShapeName, hit: boolean, seed: number): Labelled {
  const { make, ...truth } = SHAPES[shape]
  const random = chance(seedOf(`${shape} ${hit} ${seed}`))
  const { meter, processes = [] } = make(random, hit)
  return {
    name: `${shape}, ${hit ? 'limit reached' : 'limit not reached'}, seed ${seed}`,
    shape,
    hit,
    truth,
    recording: {
      subject: null,
      source: 'corpus',
      group: {
        subject: 'group',
        name: null,
        process: null,
        samples: meter.samples,
        marks: meter.marks,
      },
      processes,
      regions: [],
      unknown: [],
    },
  }
}

/** Of its name alone: one shape more changes nothing of the others. */
function seedOf(name: string): number {
  return [...name].reduce(
    (hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619),
    0x811c9dc5,
  )
}

/** The same as a tool would tell it that knows nothing but the usage and the limit. */
export function usageOnly({ group, ...rest }: Recording): Recording {
  const samples = group.samples.map(({ at, usageBytes, limitBytes }) => ({
    ...NO_SAMPLE,
    at,
    usageBytes,
    limitBytes,
  }))
  return { ...rest, group: { ...group, samples, marks: [] }, processes: [], regions: [] }
}
