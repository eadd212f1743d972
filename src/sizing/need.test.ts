import { expect, it } from 'vitest'
import { MIB, NO_LIMIT_BYTES } from '../model/bytes.ts'
import { NO_SAMPLE, type Sample } from '../model/series.ts'
import { needOf } from './need.ts'

const AT = Date.UTC(2026, 4, 1)
const HELD = {
  anonBytes: 95 * MIB,
  shmemBytes: 10 * MIB,
  kernelBytes: 5 * MIB,
  socketBytes: 2 * MIB,
}

it.each<[string, Partial<Sample>, number, string]>([
  ['what the kernel cannot take back', { unreclaimableBytes: 100 * MIB }, 100, 'unreclaimable'],
  [
    'without what is still to be written, where all parts that stay are known',
    { unreclaimableBytes: 400 * MIB, ...HELD },
    112,
    'unreclaimable',
  ],
  [
    'sockets are often not told, and hold nothing then',
    { unreclaimableBytes: 400 * MIB, ...HELD, socketBytes: null },
    110,
    'unreclaimable',
  ],
  [
    'the parts are no more than the whole',
    { unreclaimableBytes: 60 * MIB, ...HELD },
    60,
    'unreclaimable',
  ],
  ...(['anonBytes', 'shmemBytes', 'kernelBytes'] as const).map(
    (part): [string, Partial<Sample>, number, string] => [
      `${part} is not known, so neither is what stays`,
      { unreclaimableBytes: 400 * MIB, ...HELD, [part]: null },
      400,
      'unreclaimable',
    ],
  ),
  [
    'usage without its files',
    { usageBytes: 500 * MIB, fileBytes: 380 * MIB, workingSetBytes: 300 * MIB },
    120,
    'unreclaimable',
  ],
  [
    'files of a group below it are more than its usage',
    { usageBytes: 100 * MIB, fileBytes: 101 * MIB },
    0,
    'unreclaimable',
  ],
  [
    'the working set before the usage',
    { usageBytes: 500 * MIB, workingSetBytes: 300 * MIB },
    300,
    'working-set',
  ],
  ['the usage before a part of it', { usageBytes: 500 * MIB, ...HELD }, 500, 'usage'],
  ['files alone tell nothing', { fileBytes: 7 * MIB, ...HELD }, 112, 'anonymous'],
  ['anonymous memory alone', { anonBytes: 50 * MIB }, 50, 'anonymous'],
  [
    'what was swapped out has to fit, too',
    { unreclaimableBytes: 100 * MIB, swapBytes: 30 * MIB },
    130,
    'unreclaimable',
  ],
  ['nothing at all is known to be held', { usageBytes: 0 }, 0, 'usage'],
])('the need of a sample: %s', (_, figures, mebibytes, measure) => {
  expect(needOf({ ...NO_SAMPLE, at: AT, ...figures })).toEqual({
    at: AT,
    bytes: mebibytes * MIB,
    measure,
  })
})

it.each<[string, Partial<Sample>]>([
  ['no figure', {}],
  ['only files', { fileBytes: 7 * MIB }],
  ['a figure below nothing', { usageBytes: -1 }],
  ['what the kernel writes for no limit', { usageBytes: NO_LIMIT_BYTES }],
])('there is none where a sample tells %s', (_, figures) => {
  expect(needOf({ ...NO_SAMPLE, at: AT, ...figures })).toBeNull()
})
