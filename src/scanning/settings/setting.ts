/** A setting of the scanner, whatever its kind. */
import type { Kind, ValueReading } from './kinds.ts'

/** What is set, as it is written: texts by keys. */
export type SetTexts = ReadonlyMap<string, string>

/** What every setting can be asked, without knowing its kind. */
export interface AnySetting {
  key: string
  /** As it is written where nobody set it; null: it is unset then, and that means something. */
  usual: string | null
  brief: string
  /** Workers that run keep what was set when they began. */
  needsRestart: boolean
  check(text: string): ValueReading<unknown>
  /** Fields of a JSON answer, in units that programs compute with. */
  told(text: string): Readonly<Record<string, number | boolean>>
}

export interface Setting<Value> extends AnySetting {
  /** What holds now. What an earlier version wrote and this one refuses counts as not set. */
  in(set: SetTexts): Value
}

export interface Naming {
  key: string
  brief: string
  /** Without it, what is set holds for the next job. */
  needsRestart?: true
}

export function setting<Value>(
  kind: Kind<Value>,
  { usual, ...naming }: Naming & { usual: string },
): Setting<Value> {
  const read = kind.read(usual)
  if (!read.ok) throw new Error(`${naming.key}: ${read.problem}`)
  return {
    ...common(kind, { usual, ...naming }),
    in: (set) => valueIn(kind, naming.key, set) ?? read.value,
  }
}

export function optionalSetting<Value>(kind: Kind<Value>, naming: Naming): Setting<Value | null> {
  return {
    ...common(kind, { usual: null, ...naming }),
    in: (set) => valueIn(kind, naming.key, set),
  }
}

function common<Value>(kind: Kind<Value>, naming: Naming & { usual: string | null }): AnySetting {
  return {
    ...naming,
    needsRestart: naming.needsRestart === true,
    check: (text) => kind.read(text),
    told(text) {
      const read = kind.read(text)
      return read.ok ? kind.told(read.value) : {}
    },
  }
}

function valueIn<Value>(kind: Kind<Value>, key: string, set: SetTexts): Value | null {
  const text = set.get(key)
  if (text === undefined) return null
  const read = kind.read(text)
  return read.ok ? read.value : null
}
