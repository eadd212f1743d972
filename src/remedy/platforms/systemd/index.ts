import * as z from 'zod/mini'
import { formatBytes, limitOrNull } from '../../../model/bytes.ts'
import { usageError, type StellaError } from '../../../model/errors.ts'
import type { ChangePlan, FixStep } from '../../../model/fix.ts'
import { findMemoryHierarchy } from '../../../sources/cgroup/hierarchy.ts'
import type { Reader } from '../../../sources/reader.ts'
import { conflict } from '../../conflict.ts'
import type { Driver, Hands, PlanRequest } from '../../driver.ts'
import { groupState } from '../../../sources/cgroup/group.ts'
import { refuseBelowUse } from '../../in-use.ts'
import { readExactly, swapFile } from '../../text-edit/file.ts'
import { showUnit, systemctl, type UnitMemory } from './systemctl.ts'

/** A unit of systemd: its limit holds at once, and is kept in a drop-in. */
export const systemd: Driver = {
  platform: 'systemd',
  handles: (target, change) => target.kind === 'unit' && change.kind === 'limit',
  plan,
  async carryOut(step, hands) {
    const data = Data.parse(step.data)
    const { memoryMax } = await showUnit(data.unit, hands)
    if (memoryMax === data.after) return {}
    if (memoryMax !== data.before) throw changedSince(data.unit, memoryMax)
    await setMax(data.unit, data.after, data.isRuntime, hands)
    return {}
  },
  takeBack,
}

const PROPERTY = 'MemoryMax'
/** Where set-property keeps what it sets: for good, until the boot, and for units that were made by a program. */
const FOLDERS = {
  persistent: '/etc/systemd/system.control',
  runtime: '/run/systemd/system.control',
  transient: '/run/systemd/transient',
} as const

const Data = z.object({
  unit: z.string(),
  /** As systemctl shows them: bytes, or `infinity`. */
  before: z.string(),
  after: z.string(),
  isRuntime: z.boolean(),
  /** The drop-ins of this property before; null: there was none. */
  files: z.array(z.object({ file: z.string(), before: z.nullable(z.string()) })),
})

async function plan({ target, change }: PlanRequest, hands: Hands): Promise<ChangePlan> {
  if (target.kind !== 'unit' || change.kind !== 'limit') {
    throw usageError('only the limit of a unit is changed', null, 'name another target')
  }
  const unit = target.name
  const state = await showUnit(unit, hands)
  const after = String(change.limitBytes)
  if (state.memoryMax === after) {
    throw usageError('has this limit already', unit, 'ask for another one')
  }
  refuseIfInUse(state, unit, change.limitBytes, hands.reader)
  // A limit that was set until the boot stays one; so does that of a unit that goes away with its program.
  const earlier = dropIns(unit, hands.reader)
  const isRuntime = isOnlyUntilBoot(state, earlier)
  const data = { unit, before: state.memoryMax, after, isRuntime, files: earlier }
  const says = `set ${PROPERTY} of ${unit} to ${formatBytes(change.limitBytes)}`
  const step: FixStep = {
    id: 'set-property',
    says,
    command: ['systemctl', ...setArguments(unit, after, isRuntime)].join(' '),
    data,
  }
  return {
    platform: 'systemd',
    target,
    method: 'in-place',
    title: `Give the unit ${unit} a memory limit of ${formatBytes(change.limitBytes)}`,
    risk: 'low',
    warnings: [
      ...(isRuntime ? ['It holds until the next boot, as the earlier setting does'] : []),
      ...throttle(state, change.limitBytes),
      ...(change.requestBytes === null ? [] : ['A unit has no request: MemoryLow stays as it is']),
    ],
    changes: [{ field: PROPERTY, before: inWords(state.memoryMax), after: inWords(after) }],
    diff: '',
    steps: [step],
    workload: { image: null, imageId: null, command: [] },
  }
}

function inWords(value: string): string {
  return value === 'infinity' ? 'no limit' : formatBytes(Number(value))
}

function isOnlyUntilBoot(
  { isTransient }: UnitMemory,
  files: readonly { file: string; before: string | null }[],
): boolean {
  const has = (folder: string): boolean =>
    files.some(({ file, before }) => before !== null && file.startsWith(`${folder}/`))
  return isTransient || (has(FOLDERS.runtime) && !has(FOLDERS.persistent))
}

function refuseIfInUse(
  { controlGroup }: UnitMemory,
  unit: string,
  limitBytes: number,
  reader: Reader,
): void {
  const hierarchy = controlGroup === null ? null : findMemoryHierarchy(reader)
  if (controlGroup === null || hierarchy === null) return
  const state = groupState(reader, hierarchy, controlGroup)
  if (state !== null) refuseBelowUse(unit, state, limitBytes)
}

function throttle({ memoryHigh }: UnitMemory, limitBytes: number): string[] {
  const high = limitOrNull(memoryHigh === 'infinity' ? null : Number(memoryHigh))
  return high === null || high >= limitBytes
    ? []
    : [`MemoryHigh stays at ${formatBytes(high)} and slows the unit down from there on`]
}

function dropIns(unit: string, reader: Reader): { file: string; before: string | null }[] {
  return Object.values(FOLDERS).map((folder) => {
    const file = `${folder}/${unit}.d/50-${PROPERTY}.conf`
    return { file, before: readExactly(reader, file) }
  })
}

function setArguments(unit: string, value: string, isRuntime: boolean): string[] {
  return ['set-property', ...(isRuntime ? ['--runtime'] : []), '--', unit, `${PROPERTY}=${value}`]
}

async function setMax(
  unit: string,
  value: string,
  isRuntime: boolean,
  hands: Hands,
): Promise<void> {
  await systemctl(setArguments(unit, value, isRuntime), hands)
  const { memoryMax } = await showUnit(unit, hands)
  if (memoryMax !== value) throw changedSince(unit, memoryMax)
}

/** First the limit, which holds at once; then the drop-ins, byte for byte, so that it holds for the reason it did before. */
async function takeBack(step: FixStep, hands: Hands, { force }: { force: boolean }): Promise<void> {
  const { unit, before, after, isRuntime, files } = Data.parse(step.data)
  const { reader } = hands
  const present = files.map(({ file }) => readExactly(reader, file))
  const isRestored = files.every((one, index) => one.before === present[index])
  const state = await showUnit(unit, hands)
  if (state.memoryMax === before && isRestored) return
  if (state.memoryMax !== before && state.memoryMax !== after && !force) {
    throw changedSince(unit, state.memoryMax)
  }
  if (state.memoryMax !== before) {
    const bytes = before === 'infinity' ? null : Number(before)
    if (bytes !== null) refuseIfInUse(state, unit, bytes, reader)
    await setMax(unit, before, isRuntime, hands)
  }
  // What stands there now was written by set-property just before.
  for (const one of files) {
    swapFile(reader, one.file, { from: readExactly(reader, one.file), to: one.before })
  }
  await systemctl(['daemon-reload'], hands)
  const { memoryMax } = await showUnit(unit, hands)
  if (memoryMax !== before) throw changedSince(unit, memoryMax)
}

function changedSince(unit: string, now: string): StellaError {
  return conflict(
    `${PROPERTY} is ${now} now: somebody else changed it`,
    unit,
    `decide by hand which limit it shall have: systemctl set-property ${unit} ${PROPERTY}=…`,
  )
}
