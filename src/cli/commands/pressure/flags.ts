import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { usageError } from '../../../model/errors.ts'
import { MEMORY_KINDS, PLACEMENTS } from '../../../pressure/experiment.ts'
import type { MemoryKind, Placement } from '../../../pressure/experiment.ts'
import { parseAmount, type Amount } from '../../../pressure/amount.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'
import { parseDuration } from '../../duration.ts'
import { PROBE_FLAGS } from '../../probe-flags.ts'
import type { ProbeFlags } from '../../probe-flags.ts'
import { parseSize } from '../../size.ts'

export interface DataFlags extends CommonFlags {
  data?: string
}

/** What every experiment is guarded by. */
export interface GuardFlags extends DataFlags, ProbeFlags {
  iOwnThis?: boolean
  /** Bytes. */
  hostFloor?: number
  /** Percent. */
  psiCeiling?: number
  apply?: boolean
}

export interface RunFlags extends GuardFlags {
  kind?: MemoryKind
  size?: Amount
  limit?: Amount
  /** Milliseconds. */
  ramp?: number
  /** Milliseconds. */
  hold?: number
  placement?: Placement
  file?: string
}

function parsePercent(text: string): number {
  const value = /^\d{1,3}(?:\.\d{1,3})?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN
  if (value > 0 && value <= 100) return value
  throw usageError(`'${text.slice(0, 40)}' is no percentage`, null, 'write it as in 10')
}

export const DATA_FLAG = {
  data: dataFlag('Folder with the records'),
} as const

export const GUARD_FLAGS = {
  ...PROBE_FLAGS,
  apply: {
    kind: 'boolean',
    brief: 'Do it; without it, the plan is shown and nothing is done',
    optional: true,
    withNegated: false,
  },
  iOwnThis: {
    kind: 'boolean',
    brief: 'The target is yours; needed without the label stella.pressure=allow',
    optional: true,
    withNegated: false,
  },
  hostFloor: {
    kind: 'parsed',
    parse: parseSize,
    brief: 'What the machine has to have available (default: 15%, and 1Gi at least)',
    placeholder: 'Q',
    optional: true,
  },
  psiCeiling: {
    kind: 'parsed',
    parse: parsePercent,
    brief: 'Percent of 10 s in which nobody on the machine can work (default: 10)',
    placeholder: 'N',
    optional: true,
  },
  ...DATA_FLAG,
  ...COMMON_FLAGS,
} as const

function phaseFlags<Ramp extends string, Hold extends string>(ramp: Ramp, hold: Hold) {
  return {
    ramp: {
      kind: 'parsed',
      parse: parseDuration,
      brief: `How long it takes to get there (default: ${ramp})`,
      placeholder: 'DUR',
      optional: true,
    },
    hold: {
      kind: 'parsed',
      parse: parseDuration,
      brief: `How long it stays there (default: ${hold})`,
      placeholder: 'DUR',
      optional: true,
    },
  } as const
}

export const RUN_FLAGS = {
  kind: {
    kind: 'enum',
    values: MEMORY_KINDS,
    brief: 'Which memory is taken beside it (default: anonymous)',
    optional: true,
  },
  size: {
    kind: 'parsed',
    parse: parseAmount,
    brief: 'How much of it: 64Mi, or 25% of its limit',
    placeholder: 'Q',
    optional: true,
  },
  limit: {
    kind: 'parsed',
    parse: parseAmount,
    brief: 'Lower its limit instead: to 128Mi, or to 50% of what it is',
    placeholder: 'Q',
    optional: true,
  },
  ...phaseFlags('10s', '30s'),
  placement: {
    kind: 'enum',
    values: PLACEMENTS,
    brief: 'Where memory is taken: a limited group inside the target, or its own (cgroup v2)',
    optional: true,
  },
  file: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'Take the experiment from a file instead, YAML or JSON as Chaos Toolkit writes it',
    placeholder: 'FILE',
    optional: true,
  },
  ...GUARD_FLAGS,
} as const

export const TIGHTEN_FLAGS = {
  precision: {
    kind: 'parsed',
    parse: parseSize,
    brief: 'How exactly it is to be found (default: 2% of its limit, and 1Mi at least)',
    placeholder: 'Q',
    optional: true,
  },
  ...phaseFlags('2s', '10s'),
  ...GUARD_FLAGS,
} as const
