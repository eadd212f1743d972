/** Variables of a container, `NAME=value` each. */
import { redactText } from '../../../evidence/redact.ts'
import { isSecretName } from '../../../evidence/secret-name.ts'
import type { FieldChange } from '../../../model/fix.ts'

type Variables = Readonly<Record<string, string>>

/** In the order they had, new ones at the end. */
export function environment(env: readonly string[], set: Variables): string[] {
  const known = new Set(env.map(nameOf))
  return [
    ...env.map((entry) => {
      const value = set[nameOf(entry)]
      return value === undefined ? entry : `${nameOf(entry)}=${value}`
    }),
    ...Object.entries(set)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => `${name}=${value}`),
  ]
}

/** Without secrets: what is shown is not what is set. */
export function environmentChanges(env: readonly string[], set: Variables): FieldChange[] {
  const now = new Map(
    env.map((entry): [string, string] => [nameOf(entry), entry.slice(nameOf(entry).length + 1)]),
  )
  return Object.entries(set)
    .filter(([name, value]) => now.get(name) !== value)
    .map(([name, value]) => ({
      field: `Config.Env.${name}`,
      before: shown(name, now.get(name) ?? null),
      after: shown(name, value),
    }))
}

function nameOf(entry: string): string {
  return entry.split('=', 1)[0] ?? ''
}

function shown(name: string, value: string | null): string | null {
  if (value === null) return null
  return isSecretName(name) ? '[redacted]' : redactText(value)
}
