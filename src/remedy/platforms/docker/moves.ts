/** The steps of a change, as they are written down, and their opposites. */
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod/mini'
import { formatBytes } from '../../../model/bytes.ts'
import { StellaError, unreachableError } from '../../../model/errors.ts'
import type { FixStep, JsonObject } from '../../../model/fix.ts'
import { textField } from '../../../parsers/json-fields.ts'
import { recordAt } from '../../../parsers/json.ts'
import type { Reader } from '../../../sources/reader.ts'
import { conflict } from '../../conflict.ts'
import type { Driver } from '../../driver.ts'
import type { ContainerApi } from './api.ts'
import { checkInForce, groupOf } from './group.ts'
import { inspected, sameMemory } from './inspected.ts'
import type { Inspected, MemorySettings } from './inspected.ts'
import { refuseBelowUsage } from './memory.ts'

const text = z.string()
const memory = z.object({
  Memory: z.number(),
  MemorySwap: z.number(),
  MemoryReservation: z.number(),
})
const json: z.ZodMiniType<JsonObject> = z.record(text, z.json())
const policy = z.object({ Name: text, MaximumRetryCount: z.number() })

const Move = z.discriminatedUnion('move', [
  z.object({ move: z.literal('limit'), where: text, id: text, before: memory, after: memory }),
  z.object({
    move: z.literal('create'),
    where: text,
    /** Of the one that it takes the place of. */
    id: text,
    /** Its name until it takes its place: nobody else has such a one. */
    waiting: text,
    body: json,
    networks: z.array(z.object({ network: text, body: json })),
    command: z.array(text),
  }),
  z.object({
    move: z.literal('policy'),
    where: text,
    id: text,
    before: policy,
    /** Without its policy it stays down when the daemon dies meanwhile. */
    ran: z.boolean(),
  }),
  z.object({ move: z.literal('stop'), where: text, id: text }),
  z.object({ move: z.literal('set-aside'), where: text, id: text, name: text, aside: text }),
  z.object({ move: z.literal('take-name'), where: text, waiting: text, name: text }),
  z.object({
    move: z.literal('start'),
    where: text,
    /** The name where the container to be started is made by this very fix. */
    container: text,
    /** Of the one set aside; null: none is. */
    aside: z.nullable(text),
    /** 0: it has none. */
    limitBytes: z.number(),
  }),
])
export type Move = z.infer<typeof Move>

export type RestartPolicy = z.infer<typeof policy>

const OFF = { Name: 'no', MaximumRetryCount: 0 }

/** @param apiAt the engine at an address that a step names */
export function movesOver(
  apiAt: (reader: Reader, where: string) => ContainerApi,
): Pick<Driver, 'carryOut' | 'takeBack'> {
  return {
    carryOut: (step, { reader }) => {
      const move = moveOf(step)
      return carryOut(move, apiAt(reader, move.where), reader)
    },
    takeBack: (step, { reader }, { force }) => {
      const move = moveOf(step)
      return takeBack({ ...step, move }, apiAt(reader, move.where), reader, force)
    },
  }
}

async function carryOut(move: Move, api: ContainerApi, reader: Reader): Promise<JsonObject> {
  switch (move.move) {
    case 'limit': {
      const found = await present(api, move.id)
      expectMemory(found, move.before)
      if (found.running) refuseBelowUsage(groupOf(reader, found), move.after.Memory)
      await api.update(move.id, settings(move.after))
      const now = await present(api, move.id)
      if (now.running) checkInForce(groupOf(reader, now), move.after.Memory)
      return { set: true }
    }
    case 'create':
      return { made: await create(api, move) }
    case 'policy':
      await api.update(move.id, { RestartPolicy: OFF })
      return {}
    case 'stop': {
      const { stopSeconds } = await present(api, move.id)
      await api.stop(move.id, stopSeconds)
      return {}
    }
    case 'set-aside':
      await expectName(api, move.id, move.name)
      await api.rename(move.id, move.aside)
      return {}
    case 'take-name': {
      const { id } = await present(api, move.waiting)
      await api.rename(id, move.name)
      return { made: id }
    }
    case 'start': {
      const { id } = await present(api, move.container)
      await api.start(id)
      await checkRuns(api, id, move.limitBytes, reader)
      return { started: id }
    }
  }
}

async function takeBack(
  step: { move: Move; data: JsonObject },
  api: ContainerApi,
  reader: Reader,
  force: boolean,
): Promise<void> {
  const { move } = step
  switch (move.move) {
    case 'limit': {
      // One that was gone before anything was set has nothing to be given back.
      if (step.data['set'] !== true && (await api.inspect(move.id)) === null) return
      const found = await present(api, move.id)
      if (sameMemory(found.memory, move.before)) return
      if (!force) expectMemory(found, move.after)
      if (found.running) refuseBelowUsage(groupOf(reader, found), move.before.Memory)
      return api.update(move.id, settings(move.before))
    }
    case 'create':
      return removeMade(api, move.waiting)
    case 'policy':
      await api.update(move.id, { RestartPolicy: move.before })
      if (move.ran && !(await present(api, move.id)).running) await api.start(move.id)
      return
    case 'stop':
      return api.start(move.id)
    case 'set-aside':
      return nameBack(api, move)
    case 'take-name':
      return giveNameUp(api, move, textField(step.data, 'made'))
    case 'start':
      return stopStarted(api, step, move, force)
  }
}

async function create(api: ContainerApi, move: Extract<Move, { move: 'create' }>): Promise<string> {
  await present(api, move.id)
  const made = await api.create(move.waiting, move.body)
  for (const { network, body } of move.networks)
    await api.connect(network, { ...body, Container: made })
  const { command } = await present(api, made)
  if (JSON.stringify(command) !== JSON.stringify(move.command)) {
    throw conflict('the new container would run another command', made, 'make it anew by hand')
  }
  return made
}

/** Only the name that this very plan made up: whatever else stands anywhere is somebody else's. */
async function removeMade(api: ContainerApi, waiting: string): Promise<void> {
  const made = await named(api, waiting)
  if (made !== null) await api.remove(made.id)
}

/** The new one waits again, unless it never stopped waiting or is gone. */
async function giveNameUp(
  api: ContainerApi,
  { waiting, name }: Extract<Move, { move: 'take-name' }>,
  made: string | null,
): Promise<void> {
  const holder = await named(api, name)
  if (holder === null || (await named(api, waiting)) !== null) return
  if (made !== null && holder.id !== made) throw nameTaken(holder)
  await api.rename(holder.id, waiting)
}

async function nameBack(
  api: ContainerApi,
  { id, name }: Extract<Move, { move: 'set-aside' }>,
): Promise<void> {
  const holder = await named(api, name)
  if (holder?.id === id) return
  if (holder !== null) throw nameTaken(holder)
  await api.rename(id, name)
}

/** By its whole name: engines take the beginning of an id, too. */
async function named(api: ContainerApi, name: string): Promise<Inspected | null> {
  const found = await api.inspect(name)
  const read = found === null ? null : inspected(found)
  return read?.name === name ? read : null
}

function nameTaken({ id, name }: Inspected): StellaError {
  return conflict(
    `the name ${name} was given to another container meanwhile`,
    id,
    'give that one another name',
  )
}

async function stopStarted(
  api: ContainerApi,
  step: { data: JsonObject },
  move: Extract<Move, { move: 'start' }>,
  force: boolean,
): Promise<void> {
  // What comes back has to be there before what runs is stopped.
  if (move.aside !== null) await present(api, move.aside)
  const found = await api.inspect(move.container)
  if (found === null) return
  const now = inspected(found)
  const started = textField(step.data, 'started')
  if (!force && started !== null && now.id !== started) {
    throw conflict(
      `${now.name} was made anew since: it is another container than the one stella started`,
      now.id,
      'take the change back by hand, or undo with --force',
    )
  }
  if (!force && now.memory.Memory !== move.limitBytes) {
    throw conflict(
      `the limit of ${now.name} was changed since: ${now.memory.Memory} bytes instead of ${move.limitBytes}`,
      now.id,
      'undo with --force if it may be overwritten',
    )
  }
  await api.stop(now.id, now.stopSeconds)
}

/** What it dies of at once, it dies of in this time. */
const FIRST_MOMENTS_MS = 1_000
/** 128 + SIGKILL. */
const KILLED = 137

async function checkRuns(
  api: ContainerApi,
  id: string,
  limitBytes: number,
  reader: Reader,
): Promise<void> {
  const started = await present(api, id)
  if (started.running && limitBytes > 0) checkInForce(groupOf(reader, started), limitBytes)
  await pause(FIRST_MOMENTS_MS)
  const now = await present(api, id)
  if (now.running || now.exitCode === 0) return
  const isShort = now.exitCode === KILLED && limitBytes > 0
  const more = `it may need more than ${formatBytes(limitBytes)}: give it more with --limit, and `
  throw conflict(
    `${now.name} ended at once, with exit code ${now.exitCode ?? 'unknown'}`,
    now.id,
    `${isShort ? more : ''}see its last words with docker logs`,
  )
}

async function present(api: ContainerApi, id: string): Promise<Inspected> {
  const found = await api.inspect(id)
  if (found !== null) return inspected(found)
  throw unreachableError(
    `the container is gone: ${id.slice(0, 12)} was removed meanwhile`,
    api.where,
    'make a new plan',
  )
}

async function expectName(api: ContainerApi, id: string, name: string): Promise<void> {
  const found = await present(api, id)
  if (found.name === name) return
  throw conflict(`the container was renamed to ${found.name} meanwhile`, id, 'make a new plan')
}

function expectMemory(found: Inspected, expected: MemorySettings): void {
  if (sameMemory(found.memory, expected)) return
  const { Memory, MemorySwap } = found.memory
  throw conflict(
    `somebody else changed the memory of ${found.name}: limit ${Memory}, with swap ${MemorySwap}`,
    found.id,
    'make a new plan; an undo can overwrite it with --force',
  )
}

/** Docker takes 0 for "as it is". */
function settings(memorySettings: MemorySettings): JsonObject {
  return { ...memorySettings }
}

function moveOf(step: FixStep): Move {
  const read = Move.safeParse(step.data)
  if (read.success) return read.data
  throw new StellaError({
    exitCode: 70,
    what: `the step ${step.id} was written down in a way that this stella does not know`,
    todo: 'use the version that made the fix',
  })
}

/** The restart policy of an inspected container. */
export function restartPolicy(object: JsonObject): RestartPolicy {
  const read = policy.safeParse(recordAt(recordAt(object, 'HostConfig'), 'RestartPolicy'))
  return read.success && read.data.Name !== '' ? read.data : OFF
}
