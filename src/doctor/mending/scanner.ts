/** What is mended by asking the scanner: its settings, and its pools. */
import * as z from 'zod/mini'
import { usageError } from '../../model/errors.ts'
import type { Change, ChangePlan, FieldChange, FixStep, ScannerAct } from '../../model/fix.ts'
import type { Pool } from '../../model/scan-job.ts'
import { conflict } from '../../remedy/conflict.ts'
import type { Driver } from '../../remedy/driver.ts'
import type { HeldSetting, ScannerDesk } from '../../scanning/desk.ts'

type Desk = Pick<
  ScannerDesk,
  'settings' | 'set' | 'pools' | 'addWorkers' | 'setWorkers' | 'restartWorkers'
>

/** As the store keeps the memory of a pool that has none of its own. */
const SHARED = 'default'

const SetStep = z.object({
  kind: z.literal('set'),
  key: z.string(),
  before: z.nullable(z.string()),
  after: z.nullable(z.string()),
})
const PoolState = z.object({ count: z.number(), memory: z.nullable(z.string()) })
const PoolStep = z.object({
  kind: z.literal('pool'),
  pool: z.string(),
  /** Null: there is none. */
  before: z.nullable(PoolState),
  after: PoolState,
})
const RestartStep = z.object({ kind: z.literal('restart'), pool: z.string() })
const Step = z.discriminatedUnion('kind', [SetStep, PoolStep, RestartStep])

type SetData = z.infer<typeof SetStep>
type PoolData = z.infer<typeof PoolStep>
type StepData = z.infer<typeof Step>

export interface Scanner {
  /** What it is called in records, so that nothing is taken back of another one. */
  at: string
  desk: Desk
  /** Who changes it, for its history. */
  by: string
}

export function scannerDriver({ at, desk, by }: Scanner): Driver {
  return {
    platform: 'scanner',
    handles: (target, change) => target.kind === 'scanner' && change.kind === 'scanner',
    async plan({ target, change }) {
      if (target.kind !== 'scanner' || target.where !== at) throw anotherOne(at)
      return planOf(change, at, { settings: await desk.settings(), pools: await desk.pools() })
    },
    async carryOut(step) {
      const data = Step.parse(step.data)
      if (data.kind === 'set') await set(data, { from: data.before, to: data.after, force: false })
      else if (data.kind === 'pool') await makePool(data)
      else await desk.restartWorkers({ pool: data.pool, drainMs: DRAIN_MS })
      return {}
    },
    async takeBack(step, _hands, { force }) {
      const data = Step.parse(step.data)
      if (data.kind === 'set') await set(data, { from: data.after, to: data.before, force })
      else if (data.kind === 'pool') await takePoolBack(data, force)
      // Workers that began anew are as good as those before them.
    },
  }

  async function set(
    { key }: SetData,
    { from, to, force }: { from: string | null; to: string | null; force: boolean },
  ): Promise<void> {
    const now = textOf(key, await desk.settings())
    if (now === to) return
    if (now !== from && !force) {
      throw conflict(
        `is ${now ?? 'not set'} now: somebody else changed it`,
        key,
        'see who did, with: stella scanner config history',
      )
    }
    await desk.set(key, to, by)
  }

  async function makePool({ pool: name, before, after }: PoolData): Promise<void> {
    const now = poolNamed(name, await desk.pools())
    if (isSame(now, after)) return
    if (!isSame(now, before)) throw poolChanged(name)
    const { count, memory } = after
    if (now === null) await desk.addWorkers({ pool: name, count, memory })
    else {
      const text = memory ?? SHARED
      await desk.setWorkers({ pool: name, count, memory: text, evenIfJobsWait: false })
    }
  }

  /** A pool that was made for it stays as a name, without workers: jobs may have gone through it. */
  async function takePoolBack({ pool: name, before, after }: PoolData, force: boolean) {
    const now = poolNamed(name, await desk.pools())
    const back = before ?? { count: 0, memory: after.memory }
    if (now === null || isSame(now, back)) return
    if (!isSame(now, after) && !force) throw poolChanged(name)
    await desk.setWorkers({
      pool: name,
      count: back.count,
      memory: back.memory ?? SHARED,
      evenIfJobsWait: force,
    })
  }
}

const DRAIN_MS = 60_000

interface Present {
  settings: readonly HeldSetting[]
  pools: readonly Pool[]
}

function planOf(change: Change, at: string, present: Present): ChangePlan {
  const acts = change.kind === 'scanner' ? change.acts : []
  const moves = acts.flatMap((act) => moveOf(act, present) ?? [])
  if (moves.length === 0) {
    throw usageError('the scanner has these settings already', null, 'nothing is to be done')
  }
  return {
    platform: 'scanner',
    target: { kind: 'scanner', where: at },
    method: 'in-place',
    title: sentence(moves.map(({ step }) => step.says)),
    risk: moves.every(({ step }) => step.data['kind'] === 'set') ? 'low' : 'medium',
    warnings: moves.flatMap(({ warning }) => warning ?? []),
    changes: moves.flatMap(({ changes }) => changes),
    diff: '',
    steps: moves.map(({ step }) => step),
    workload: { image: null, imageId: null, command: [] },
  }
}

interface Move {
  step: FixStep
  changes: readonly FieldChange[]
  warning?: string
}

/** Null: it is so already. */
function moveOf(act: ScannerAct, { settings, pools }: Present): Move | null {
  if (act.kind === 'set') return setting(act, settings)
  if (act.kind === 'pool') return pool(act, pools)
  const { pool: name } = act
  return {
    step: stepOf(`restart ${name}`, {
      says: `restart the workers of ${name}`,
      command: `stella scanner workers restart --pool ${name}`,
      data: { kind: 'restart', pool: name },
    }),
    changes: [],
    warning: `Jobs of ${name} go on for a minute, and to another worker then; a restart cannot be taken back`,
  }
}

function setting(
  { key, value }: Extract<ScannerAct, { kind: 'set' }>,
  settings: readonly HeldSetting[],
): Move | null {
  const before = textOf(key, settings)
  if (before === value) return null
  const command =
    value === null
      ? `stella scanner config reset ${key}`
      : `stella scanner config set ${key} ${value}`
  const says = value === null ? `unset ${key}` : `set ${key} to ${value}`
  return {
    step: stepOf(key, { says, command, data: { kind: 'set', key, before, after: value } }),
    changes: [{ field: key, before, after: value }],
  }
}

function pool(
  { pool: name, count, memory }: Extract<ScannerAct, { kind: 'pool' }>,
  pools: readonly Pool[],
): Move | null {
  const before = poolNamed(name, pools)
  const after = { count, memory: memory ?? before?.memory ?? null }
  if (isSame(before, after)) return null
  const size = after.memory === null ? '' : ` --memory ${after.memory}`
  const words = `--pool ${name}${size} --count ${count}`
  const workers = `${count} ${count === 1 ? 'worker' : 'workers'}`
  return {
    step: stepOf(`pool ${name}`, {
      says: `give ${name} ${workers}${after.memory === null ? '' : ` of ${after.memory}`}`,
      command: `stella scanner workers ${before === null ? 'add' : 'set'} ${words}`,
      data: { kind: 'pool', pool: name, before, after },
    }),
    changes: [
      {
        field: `workers of ${name}`,
        before: before === null ? null : String(before.count),
        after: String(count),
      },
      ...(before?.memory === after.memory || after.memory === null
        ? []
        : [
            {
              field: `memory of a worker of ${name}`,
              before: before?.memory ?? null,
              after: after.memory,
            },
          ]),
    ],
  }
}

function stepOf(id: string, step: Omit<FixStep, 'id' | 'data'> & { data: StepData }): FixStep {
  return { id, ...step }
}

/** As it was set; null: nobody did. */
function textOf(key: string, settings: readonly HeldSetting[]): string | null {
  const held = settings.find((each) => each.key === key)
  return held === undefined || held.isUsual ? null : held.value
}

function poolNamed(name: string, pools: readonly Pool[]): PoolData['before'] {
  const found = pools.find((each) => each.name === name)
  return found === undefined ? null : { count: found.count, memory: found.memory }
}

function isSame(one: PoolData['before'], other: PoolData['before']): boolean {
  return one?.count === other?.count && one?.memory === other?.memory
}

function poolChanged(name: string): Error {
  return conflict(
    'is not what it was: somebody else changed it',
    `the pool ${name}`,
    'see what it is now, with: stella scanner workers list',
  )
}

function anotherOne(at: string): Error {
  return usageError(`it is about another scanner than ${at}`, null, 'name it with --server URL')
}

function sentence(parts: readonly string[]): string {
  const text = parts.join(', then ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
