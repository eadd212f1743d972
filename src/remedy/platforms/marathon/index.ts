import * as z from 'zod/mini'
import { formatBytes, MIB } from '../../../model/bytes.ts'
import { usageError } from '../../../model/errors.ts'
import type { Change, ChangePlan, FixStep, JsonObject } from '../../../model/fix.ts'
import { appId } from '../../../sources/marathon/app-id.ts'
import { conflict } from '../../conflict.ts'
import type { Driver, Hands, PlanRequest } from '../../driver.ts'
import { unifiedDiff } from '../../text-edit/unified-diff.ts'
import { Fields, openMarathon, type App } from './api.ts'
import { appChange, executorMib, hasFields, type AppChange } from './change.ts'
import { deploymentEnd } from './deployment.ts'

/** An app of Marathon: fields of its definition are changed, and the deployment that follows is watched. */
export const marathon: Driver = {
  platform: 'marathon',
  handles: (target, change) =>
    target.kind === 'marathon' && (change.kind === 'limit' || change.kind === 'environment'),
  plan,
  carryOut,
  takeBack,
}

const UPDATE = z.object({
  kind: z.literal('update'),
  /** The Marathon that has the app. */
  where: z.string(),
  app: z.string(),
  before: Fields,
  after: Fields,
  beforeVersion: z.string(),
  /** Known once Marathon has taken the change. */
  deploymentId: z.optional(z.string()),
  version: z.optional(z.string()),
})
const WATCH = z.object({
  kind: z.literal('watch'),
  where: z.string(),
  app: z.string(),
  after: Fields,
})
const Step = z.discriminatedUnion('kind', [UPDATE, WATCH])
type Update = z.infer<typeof UPDATE>

async function plan({ target, change }: PlanRequest, hands: Hands): Promise<ChangePlan> {
  if (target.kind !== 'marathon') {
    throw usageError('is no app of Marathon', null, 'name another target')
  }
  const id = appId(target.app)
  const cluster = await openMarathon(hands, null)
  const app = await cluster.app(id)
  const wanted = appChange(app, change)
  const { before, after, changes } = wanted
  const common = { where: cluster.where, app: id, after: json(after) }
  const steps: FixStep[] = [
    {
      id: 'update',
      says: `set ${changes.map(({ field }) => field).join(' and ')} of ${id}`,
      command: commandFor(id, wanted),
      data: { kind: 'update', ...common, before: json(before), beforeVersion: app.version },
    },
    {
      id: 'watch',
      says: 'wait until the deployment has ended',
      command: 'dcos marathon deployment list',
      data: { kind: 'watch', ...common },
    },
  ]
  return {
    platform: 'marathon',
    target,
    method: 'recreate',
    title: titleOf(app, change, wanted),
    risk: 'medium',
    warnings: warningsOf(app, change),
    changes,
    diff: unifiedDiff(`app${id}`, definition(id, before), definition(id, after)),
    steps,
    workload: {
      image: app.container?.docker?.image ?? null,
      imageId: null,
      command: app.args ?? (typeof app.cmd === 'string' ? [app.cmd] : []),
    },
  }
}

/** What stands in a step is JSON, and goes to Marathon as it is. */
function json(fields: Fields): JsonObject {
  const { mem, resourceLimits, env } = fields
  return {
    ...(mem === undefined ? {} : { mem }),
    ...(resourceLimits === undefined ? {} : { resourceLimits: present(resourceLimits) }),
    ...(env === undefined ? {} : { env }),
  }
}

function present({ cpus, mem }: NonNullable<Fields['resourceLimits']>): JsonObject {
  return { ...(cpus === undefined ? {} : { cpus }), ...(mem === undefined ? {} : { mem }) }
}

/** Variables take the whole of them, with what nobody else is to see. */
function commandFor(id: string, { after }: AppChange): string {
  if (after.env !== undefined) return `dcos marathon app update ${id} <app.json`
  return after.resourceLimits === undefined
    ? `dcos marathon app update ${id} mem=${after.mem}`
    : `dcos marathon app update ${id} mem=${after.mem} resourceLimits='${JSON.stringify(present(after.resourceLimits))}'`
}

function titleOf(app: App, change: Change, { after, changes }: AppChange): string {
  if (change.kind !== 'limit') {
    return `Give the app ${app.id} ${changes.map(({ field }) => field).join(', ')}`
  }
  const own = after.resourceLimits?.mem ?? after.mem
  const mib = typeof own === 'number' ? own : 0
  return `Give the app ${app.id} ${mib} MiB, for a limit of ${formatBytes((mib + executorMib(app)) * MIB)}`
}

function warningsOf(app: App, change: Change): string[] {
  const count = app.instances ?? 1
  const replaced =
    count === 1
      ? 'Its one instance is replaced, as the app’s upgrade strategy says'
      : `All ${count} instances are replaced, as the app’s upgrade strategy says`
  if (change.kind !== 'limit') return [replaced]
  const executor = executorMib(app)
  return [
    replaced,
    executor === 0
      ? 'Docker’s limit is mem itself: it has no executor inside'
      : `Mesos enforces mem and ${executor} MiB for the executor`,
    ...(change.requestBytes === null
      ? []
      : ['Mesos reserves what it limits: there is no request apart']),
  ]
}

function definition(id: string, fields: Fields): string {
  return `${JSON.stringify({ id, ...fields }, null, 2)}\n`
}

async function carryOut(step: FixStep, hands: Hands): Promise<FixStep['data']> {
  const data = Step.parse(step.data)
  const cluster = await openMarathon(hands, data.where)
  const app = await cluster.app(data.app)
  if (data.kind === 'update') {
    if (app.version !== data.beforeVersion && hasFields(app, data.after)) return {}
    if (app.version !== data.beforeVersion || !hasFields(app, data.before)) {
      throw changedSince(data.app, app)
    }
    return { ...(await cluster.update(data.app, data.after)) }
  }
  for (const { id, affectedApps } of await cluster.deployments()) {
    if (!affectedApps.includes(data.app)) continue
    await deploymentEnd(cluster, { app: data.app, deploymentId: id, version: app.version }, hands)
  }
  await verify(cluster.app(data.app), data)
  return {}
}

/** A deployment that still runs is cancelled, which brings the earlier state back; else the app gets its earlier values. */
async function takeBack(step: FixStep, hands: Hands, options: { force: boolean }): Promise<void> {
  const data = Step.parse(step.data)
  if (data.kind === 'watch') return
  const cluster = await openMarathon(hands, data.where)
  const app = await cluster.app(data.app)
  const running = (await cluster.deployments()).filter(({ affectedApps }) =>
    affectedApps.includes(data.app),
  )
  const ours = running.find(({ id }) => id === data.deploymentId)
  if (hasFields(app, data.before) && ours === undefined) return
  if (!isOurs(app, data) && !options.force) throw changedSince(data.app, app)
  const cancelled = ours === undefined ? null : await cluster.cancel(ours.id)
  const { deploymentId } = cancelled ?? (await cluster.update(data.app, data.before))
  await deploymentEnd(cluster, { app: data.app, deploymentId, version: null }, hands)
  await verify(cluster.app(data.app), { app: data.app, after: data.before })
}

async function verify(app: Promise<App>, data: { app: string; after: Fields }): Promise<void> {
  const now = await app
  if (!hasFields(now, data.after)) throw changedSince(data.app, now)
}

/** Without a version of ours (it was cut short between the change and its answer) the values tell. */
function isOurs(app: App, data: Update): boolean {
  return hasFields(app, data.after) && (data.version === undefined || app.version === data.version)
}

function changedSince(id: string, { mem, version }: App): Error {
  return conflict(
    `has mem ${mem} in version ${version}: somebody else changed it`,
    id,
    'decide by hand what it shall have: dcos marathon app update',
  )
}
