/** Readers with faults that are known: whoever looks for faults has to find them. */
import { texts } from './corpus.ts'
import type { Target } from './target.ts'

const samples = () => texts(['memory: 512Mi, memory: 1Gi, memory: 2Gi'])

export const TARGETS: readonly Target[] = [
  { name: 'whole', samples, run: () => {} },
  {
    name: 'throws',
    samples,
    run({ bytes }) {
      if (bytes.includes('[[[')) throw new TypeError('too deep')
    },
  },
  {
    name: 'tells-of-nothing',
    samples,
    run: ({ bytes }) =>
      `${bytes.toString().split(',').length}: ${Number(bytes.subarray(8, 11))} MiB`,
  },
  {
    name: 'quotes',
    samples: () => texts(['name: NaN, said: undefined']),
    run: ({ bytes }) => `it says ${bytes.toString()}`,
  },
  {
    name: 'hangs',
    samples,
    run({ bytes }) {
      while (bytes.includes('\0'));
    },
  },
  {
    name: 'takes-memory',
    samples,
    run({ bytes }) {
      const held: number[][] = []
      while (bytes.length < 20) held.push(Array.from<number>({ length: 1_000_000 }).fill(0.5))
    },
  },
]
