/** What of an app's definition becomes different. */
import { isDeepStrictEqual } from 'node:util'
import { MIB } from '../../../model/bytes.ts'
import { usageError } from '../../../model/errors.ts'
import type { Change, FieldChange } from '../../../model/fix.ts'
import { EXECUTOR_OVERHEAD_BYTES } from '../../../verdict/mesos-limits.ts'
import type { App, Fields } from './api.ts'

/** The fields that have to change, as they are and as they shall be. */
export interface AppChange {
  before: Fields
  after: Fields
  changes: readonly FieldChange[]
}

/** @throws StellaError (usage) where there is nothing to change, or what is no field of an app */
export function appChange(app: App, change: Change): AppChange {
  const found =
    change.kind === 'limit'
      ? limitChange(app, change.limitBytes)
      : change.kind === 'environment'
        ? environmentChange(app, change.set)
        : null
  if (found === null) {
    throw usageError(
      'only the memory and the variables of an app are changed',
      app.id,
      'name another target',
    )
  }
  if (found.changes.length > 0) return found
  throw usageError(
    change.kind === 'limit' ? 'has this limit already' : 'has these variables already',
    app.id,
    'ask for another one',
  )
}

/** The Docker containerizer gives the limit to Docker as it is, beside the executor; the other one runs the executor inside. */
export function executorMib(app: App): number {
  if (app.container?.type === 'DOCKER') return 0
  return app.executorResources?.mem ?? EXECUTOR_OVERHEAD_BYTES / MIB
}

/** Where `resourceLimits.mem` is set, it is the limit, and `mem` is what is reserved. */
function limitChange(app: App, limitBytes: number): AppChange {
  const mib = Math.max(1, Math.ceil(limitBytes / MIB) - executorMib(app))
  const limits = app.resourceLimits ?? null
  if (limits?.mem === undefined) {
    return {
      before: { mem: app.mem },
      after: { mem: mib },
      changes: differing('mem', app.mem, mib),
    }
  }
  // What is reserved may not be above the limit.
  const mem = Math.min(app.mem, mib)
  return {
    before: { mem: app.mem, resourceLimits: limits },
    after: { mem, resourceLimits: { ...limits, mem: mib } },
    changes: [
      ...differing('resourceLimits.mem', limits.mem, mib),
      ...differing('mem', app.mem, mem),
    ],
  }
}

/** Marathon takes the variables as a whole: those that are not named would be gone. */
function environmentChange(app: App, set: Readonly<Record<string, string>>): AppChange {
  const env = app.env ?? {}
  return {
    before: { env },
    after: { env: { ...env, ...set } },
    changes: Object.entries(set).flatMap(([name, value]) =>
      differing(`env.${name}`, textOf(env[name]), value),
    ),
  }
}

/** A variable that names a secret holds an object. */
function textOf(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value : 'a secret of the cluster'
}

function differing(
  field: string,
  before: string | number | null,
  after: string | number,
): FieldChange[] {
  if (before === after) return []
  return [{ field, before: before === null ? null : String(before), after: String(after) }]
}

/** Whether the app has these values, whatever else it has. */
export function hasFields(app: App, { mem, resourceLimits, env }: Fields): boolean {
  return (
    (mem === undefined || mem === app.mem) &&
    (resourceLimits === undefined || isDeepStrictEqual(resourceLimits, app.resourceLimits)) &&
    (env === undefined || isDeepStrictEqual(env, app.env ?? {}))
  )
}
