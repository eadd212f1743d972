import { GIB, KIB, MIB } from '../../../model/bytes.ts'

export interface GoSettings {
  /** Null: not set, or switched off. */
  limitBytes: number | null
  limitWords: string | null
  /** The heap may grow by so many percent of what is alive; `off`: it is collected at the limit alone. Null: 100. */
  collect: number | 'off' | null
  /** Memory is given back at once (MADV_DONTNEED); without it the kernel takes it when it needs it. */
  freesAtOnce: boolean
  /** AUTOMEMLIMIT, of the module automemlimit. */
  automatic: string | null
}

/** A program may set all of them itself, unseen from outside. */
export function goSettings(environment: ReadonlyMap<string, string>): GoSettings {
  const limit = environment.get('GOMEMLIMIT') ?? ''
  const limitBytes = parseLimit(limit)
  const collect = environment.get('GOGC') ?? ''
  return {
    limitBytes,
    limitWords: limitBytes === null ? null : `GOMEMLIMIT=${limit}`,
    collect: collect === 'off' ? 'off' : /^\d{1,6}$/.test(collect) ? Number(collect) : null,
    freesAtOnce: !/(?:^|,)madvdontneed=0(?:,|$)/.test(environment.get('GODEBUG') ?? ''),
    automatic: environment.get('AUTOMEMLIMIT') ?? null,
  }
}

const UNITS: ReadonlyMap<string | undefined, number> = new Map([
  [undefined, 1],
  ['B', 1],
  ['KiB', KIB],
  ['MiB', MIB],
  ['GiB', GIB],
  ['TiB', 1024 * GIB],
])

/** @see Go src/runtime/string.go, parseByteCount; anything else ends the program when it starts */
function parseLimit(text: string): number | null {
  const match = /^(\d{1,19})(B|[KMGT]iB)?$/.exec(text)
  const unit = UNITS.get(match?.[2])
  const bytes = match === null || unit === undefined ? null : Number(match[1]) * unit
  // The largest of 64 bits stands for none.
  return bytes === null || bytes >= 2 ** 63 ? null : bytes
}
