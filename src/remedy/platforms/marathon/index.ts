import * as z from 'zod/mini'
import { formatBytes, MIB } from '../../../model/bytes.ts'
import { usageError } from '../../../model/errors.ts'
import type { ChangePlan, FixStep } from '../../../model/fix.ts'
import { EXECUTOR_OVERHEAD_BYTES } from '../../../verdict/rules/mesos-limit.ts'
import { conflict } from '../../conflict.ts'
import type { Driver, Hands, PlanRequest } from '../../driver.ts'
import { unifiedDiff } from '../../text-edit/unified-diff.ts'
import { openMarathon, type App } from './api.ts'
import { deploymentEnd } from './deployment.ts'

/** An app of Marathon: its `mem` is changed, and the deployment that follows is watched. */
export const marathon: Driver = {
  platform: 'marathon',
  handles: (target, change) => target.kind === 'marathon' && change.kind === 'limit',
  plan,
  carryOut,
  takeBack,
}

const UPDATE = z.object({
  kind: z.literal('update'),
  app: z.string(),
  beforeMem: z.number(),
  afterMem: z.number(),
  beforeVersion: z.string(),
  /** Known once Marathon has taken the change. */
  deploymentId: z.optional(z.string()),
  version: z.optional(z.string()),
})
const WATCH = z.object({ kind: z.literal('watch'), app: z.string(), afterMem: z.number() })
const Step = z.discriminatedUnion('kind', [UPDATE, WATCH])
type Update = z.infer<typeof UPDATE>

async function plan({ target, change }: PlanRequest, hands: Hands): Promise<ChangePlan> {
  if (target.kind !== 'marathon' || change.kind !== 'limit') {
    throw usageError('only the memory of an app is changed', null, 'name another target')
  }
  const id = target.app.startsWith('/') ? target.app : `/${target.app}`
  refuseStrangeId(id)
  const app = await (await openMarathon(hands)).app(id)
  const overheadMib = overheadOf(app)
  const afterMem = Math.max(1, Math.ceil(change.limitBytes / MIB) - overheadMib)
  if (app.mem === afterMem) throw usageError('has this limit already', id, 'ask for another one')
  const update = {
    kind: 'update',
    app: id,
    beforeMem: app.mem,
    afterMem,
    beforeVersion: app.version,
  }
  const command = `dcos marathon app update ${id} mem=${afterMem}`
  const steps: FixStep[] = [
    { id: 'update', says: `set mem of ${id} to ${afterMem} MiB`, command, data: update },
    {
      id: 'watch',
      says: 'wait until the deployment has ended',
      command: 'dcos marathon deployment list',
      data: { kind: 'watch', app: id, afterMem },
    },
  ]
  return {
    platform: 'marathon',
    target,
    method: 'recreate',
    title: `Give the app ${id} ${afterMem} MiB, for a limit of ${formatBytes((afterMem + overheadMib) * MIB)}`,
    risk: 'medium',
    warnings: [
      `All ${app.instances ?? 1} instances are replaced, as the app’s upgrade strategy says`,
      overheadMib === 0
        ? 'Docker’s limit is mem itself: it has no executor inside'
        : `Mesos enforces mem and ${overheadMib} MiB for the executor`,
      ...(change.requestBytes === null
        ? []
        : ['Mesos reserves what it limits: there is no request apart']),
    ],
    changes: [{ field: 'mem', before: String(app.mem), after: String(afterMem) }],
    diff: unifiedDiff(`app${id}`, memJson(id, app.mem), memJson(id, afterMem)),
    steps,
    workload: {
      image: app.container?.docker?.image ?? null,
      imageId: null,
      command: app.args ?? (typeof app.cmd === 'string' ? [app.cmd] : []),
    },
  }
}

/** It becomes part of an address. */
function refuseStrangeId(id: string): void {
  if (/^(?:\/[a-z0-9]+(?:[.-][a-z0-9]+)*)+$/.test(id)) return
  throw usageError(`${id.slice(0, 80)} is no app of Marathon`, null, 'write it as /GROUP/APP')
}

/** The Docker containerizer gives the limit to Docker as it is, beside the executor; the other one runs the executor inside. */
function overheadOf(app: App): number {
  return app.container?.type === 'DOCKER' ? 0 : EXECUTOR_OVERHEAD_BYTES / MIB
}

function memJson(id: string, mem: number): string {
  return `${JSON.stringify({ id, mem }, null, 2)}\n`
}

async function carryOut(step: FixStep, hands: Hands): Promise<FixStep['data']> {
  const data = Step.parse(step.data)
  const cluster = await openMarathon(hands)
  const app = await cluster.app(data.app)
  if (data.kind === 'update') {
    if (app.version !== data.beforeVersion && app.mem === data.afterMem) return {}
    if (app.version !== data.beforeVersion) throw changedSince(data.app, app)
    return { ...(await cluster.setMem(data.app, data.afterMem)) }
  }
  for (const { id, affectedApps } of await cluster.deployments()) {
    if (!affectedApps.includes(data.app)) continue
    await deploymentEnd(cluster, { app: data.app, deploymentId: id, version: app.version }, hands)
  }
  const { mem } = await cluster.app(data.app)
  if (mem !== data.afterMem) throw changedSince(data.app, { ...app, mem })
  return {}
}

/** A deployment that still runs is cancelled, which brings the earlier state back; else the app gets its earlier `mem`. */
async function takeBack(step: FixStep, hands: Hands, options: { force: boolean }): Promise<void> {
  const data = Step.parse(step.data)
  if (data.kind === 'watch') return
  const cluster = await openMarathon(hands)
  const app = await cluster.app(data.app)
  const running = (await cluster.deployments()).filter(({ affectedApps }) =>
    affectedApps.includes(data.app),
  )
  const ours = running.find(({ id }) => id === data.deploymentId)
  if (app.mem === data.beforeMem && ours === undefined) return
  if (!isOurs(app, data) && !options.force) throw changedSince(data.app, app)
  const cancelled = ours === undefined ? null : await cluster.cancel(ours.id)
  const { deploymentId } = cancelled ?? (await cluster.setMem(data.app, data.beforeMem))
  await deploymentEnd(cluster, { app: data.app, deploymentId, version: null }, hands)
  const { mem } = await cluster.app(data.app)
  if (mem !== data.beforeMem) throw changedSince(data.app, { ...app, mem })
}

/** Without a version of ours (it was cut short between the change and its answer) the value tells. */
function isOurs(app: App, data: Update): boolean {
  return app.mem === data.afterMem && (data.version === undefined || app.version === data.version)
}

function changedSince(id: string, { mem, version }: App): Error {
  return conflict(
    `has mem ${mem} in version ${version}: somebody else changed it`,
    id,
    'decide by hand how much it shall have: dcos marathon app update',
  )
}
