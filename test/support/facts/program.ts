/** What programs, and those who watch them, say. */
import fc from 'fast-check'
import { PLATFORMS } from '../../../src/model/subject.ts'
import type { FactArbitraries } from './arbitraries.ts'
import {
  bytesOrNull,
  flag,
  number,
  numberOrNull,
  numbers,
  text,
  textOrNull,
  withOptional,
} from './parts.ts'

export const programFacts = {
  'runtime-oom': fc.record({
    kind: fc.constant('runtime-oom'),
    runtime: fc.constantFrom(
      'java',
      'node',
      'python',
      'go',
      'dotnet',
      'php',
      'ruby',
      'redis',
      'postgresql',
      'native',
    ),
    area: text,
    message: text,
    fatal: flag,
  }),
  'log-hint': fc.record({
    kind: fc.constant('log-hint'),
    hint: fc.constantFrom(
      'heap-limit',
      'heap-used',
      'fork-snapshot',
      'shutdown-signal',
      'child-killed',
      'write-failed',
      'container-start-failed',
      'last-line',
    ),
    message: text,
    bytes: bytesOrNull,
  }),
  'exit-status': withOptional(
    'oomKilled',
    flag,
    withOptional(
      'subject',
      fc.record({
        platform: fc.constantFrom(...PLATFORMS),
        name: textOrNull,
        id: textOrNull,
        image: textOrNull,
      }),
      fc.record({
        kind: fc.constant('exit-status'),
        exitCode: numberOrNull,
        signal: numberOrNull,
      }),
    ),
  ),
  'memory-samples': fc.record({
    kind: fc.constant('memory-samples'),
    samples: fc.array(
      fc.record({
        at: number,
        usageBytes: bytesOrNull,
        anonBytes: bytesOrNull,
        fileBytes: bytesOrNull,
        shmemBytes: bytesOrNull,
        swapBytes: bytesOrNull,
        limitBytes: bytesOrNull,
        limitHits: numberOrNull,
        pageMajorFaults: numberOrNull,
      }),
      { maxLength: 3 },
    ),
  }),
  'runtime-memory': fc.record({
    kind: fc.constant('runtime-memory'),
    runtime: fc.constantFrom('java', 'node', 'redis'),
    areas: numbers,
  }),
  'black-box': fc.record({
    kind: fc.constant('black-box'),
    service: textOrNull,
    host: textOrNull,
    pid: numberOrNull,
    path: textOrNull,
    tier: textOrNull,
    usageBytes: bytesOrNull,
    unreclaimableBytes: bytesOrNull,
    limitBytes: bytesOrNull,
    heapBytes: bytesOrNull,
    heapLimitBytes: bytesOrNull,
    inFlight: numberOrNull,
    reservedBytes: bytesOrNull,
    stalledMs: numberOrNull,
    left: flag,
    leftFor: textOrNull,
  }),
} satisfies Partial<FactArbitraries>
