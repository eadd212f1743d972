import { usageError } from '../../../model/errors.ts'
import type { ChangePlan, FixStep } from '../../../model/fix.ts'
import { listFolder, textOrNull, type Reader } from '../../../sources/reader.ts'
import { conflict } from '../../conflict.ts'
import { readExactly, swapFile } from '../../text-edit/file.ts'
import { unifiedDiff } from '../../text-edit/unified-diff.ts'
import { readControl, setControl } from './control-file.ts'
import type { BootFileData, SysctlData } from './step.ts'
import { tunableNamed, TUNABLES, type Tunable } from './tunables.ts'

const BOOT_FOLDER = '/etc/sysctl.d'

interface Wanted {
  tunable: Tunable
  value: string
}

/** @throws StellaError where a setting is not known, or the kernel would refuse its value */
export function planSysctls(set: Readonly<Record<string, string>>, reader: Reader): ChangePlan {
  const wanted = Object.entries(set).map(([name, value]) => check(name, value))
  refuseTwins(wanted)
  const settings = wanted
    .map((want) => ({ ...want, data: dataOf(want, reader) }))
    .filter(({ data }) => data.before !== data.after)
  if (settings.length === 0) {
    throw usageError('the machine has these settings already', null, 'nothing is to be done')
  }
  const canKeep = listFolder(reader, BOOT_FOLDER).ok
  const bootFiles = canKeep ? settings.map((want) => bootFileOf(want, reader)) : []
  return {
    platform: 'host',
    target: { kind: 'host' },
    method: 'in-place',
    title: `Set ${settings.map(({ data }) => `${data.name}=${data.after}`).join(' ')} on this machine`,
    risk: riskOf(settings.map(({ tunable }) => tunable)),
    warnings: [
      'These settings are the whole machine’s: every container on it is affected',
      ...settings.flatMap(({ tunable }) => aboutTunable(tunable)),
      ...(canKeep
        ? bootFiles.flatMap((data) => laterFiles(data, reader))
        : [`${BOOT_FOLDER} is not there: the settings hold until the next boot`]),
    ],
    changes: settings.flatMap(({ data }) => [
      { field: data.name, before: data.before, after: data.after },
      ...(data.twin === null || data.twin.before === '0'
        ? []
        : [{ field: data.twin.name, before: data.twin.before, after: '0' }]),
    ]),
    diff: bootFiles
      .map(({ file, before, after }) => unifiedDiff(file, before ?? '', after))
      .join(''),
    steps: [...settings.map(({ data }) => sysctlStep(data)), ...bootFiles.map(bootFileStep)],
    workload: { image: null, imageId: null, command: [] },
  }
}

function check(name: string, value: string): Wanted {
  const tunable = tunableNamed(name)
  if (tunable === null) {
    throw usageError(
      `${name} is none of the settings that stella changes`,
      null,
      `take one of ${TUNABLES.map((known) => known.name).join(', ')}`,
    )
  }
  const isNumber = /^\d{1,16}$/.test(value)
  if (isNumber && Number(value) >= tunable.min && Number(value) <= tunable.max) {
    return { tunable, value: String(Number(value)) }
  }
  throw usageError(
    `${name} cannot be ${value.slice(0, 40)}`,
    null,
    `give a whole number from ${tunable.min} to ${tunable.max}`,
  )
}

function refuseTwins(wanted: readonly Wanted[]): void {
  const names = wanted.map(({ tunable }) => tunable.name)
  const both = wanted.find(({ tunable }) => tunable.twin !== null && names.includes(tunable.twin))
  if (both === undefined) return
  const { name, twin } = both.tunable
  throw usageError(
    `${name} and ${twin} cannot both be set`,
    null,
    'give one: it sets the other to 0',
  )
}

function dataOf({ tunable, value }: Wanted, reader: Reader): SysctlData {
  const { name, twin } = tunable
  return {
    kind: 'sysctl',
    name,
    before: readControl(reader, fileOf(name)),
    after: value,
    twin: twin === null ? null : { name: twin, before: readControl(reader, fileOf(twin)) },
  }
}

function sysctlStep(data: SysctlData): FixStep {
  const { name, after } = data
  return { id: name, says: `set ${name} to ${after}`, command: `sysctl -w ${name}=${after}`, data }
}

function bootFileStep(data: BootFileData): FixStep {
  const says = `write ${data.file}, so that it holds after a boot`
  return { id: `file ${data.file}`, says, command: null, data }
}

/** One file for a setting and its twin, so that a later fix of either takes the place of an earlier one. */
function bootFileOf(want: Wanted & { data: SysctlData }, reader: Reader): BootFileData {
  const { name, twin } = want.tunable
  const [key = name] = [name, ...(twin === null ? [] : [twin])].toSorted()
  const file = `${BOOT_FOLDER}/90-stella-${key}.conf`
  const earlier = want.data.twin === null || want.data.before !== '0' ? want.data : null
  const before = earlier === null ? want.data.twin : earlier
  const after = `# Written by stella. Before: ${before?.name ?? name} = ${before?.before ?? ''}\n${name} = ${want.value}\n`
  return { kind: 'boot-file', file, before: readExactly(reader, file), after }
}

/** Files that systemd-sysctl reads after ours, and that set the same. */
function laterFiles(data: BootFileData, reader: Reader): string[] {
  const own = data.file.slice(BOOT_FOLDER.length + 1)
  const name = /^(vm\.\w+) =/m.exec(data.after)?.[1] ?? ''
  const pattern = new RegExp(`^\\s*-?${name.replace('.', '[./]')}\\s*=`, 'm')
  const folders = [BOOT_FOLDER, '/run/sysctl.d', '/usr/lib/sysctl.d']
  const later = folders.flatMap((folder) => {
    const listed = listFolder(reader, folder)
    const names = listed.ok
      ? listed.names.filter((file) => file > own && file.endsWith('.conf'))
      : []
    return names.map((file) => `${folder}/${file}`)
  })
  return [...later, '/etc/sysctl.conf']
    .filter((file) => pattern.test(textOrNull(reader, file) ?? ''))
    .map((file) => `${file} sets ${name}, too, and is read later at boot: change it there as well`)
}

function aboutTunable({ name, effect, limits }: Tunable): string[] {
  return [`${name}: ${effect}${limits === null ? '' : `; ${limits}`}`]
}

function riskOf(tunables: readonly Tunable[]): Tunable['risk'] {
  const risks = tunables.map(({ risk }) => risk)
  return risks.includes('high') ? 'high' : risks.includes('medium') ? 'medium' : 'low'
}

export function carryOutSysctl(data: SysctlData, reader: Reader): void {
  const now = presentOf(data, reader)
  if (now === 'after') return
  if (now === 'other') throw changedSince(data, reader)
  const holds = setControl(reader, fileOf(data.name), data.after)
  if (holds === data.after) return
  throw conflict(`holds ${holds} instead of ${data.after}`, data.name, 'see what else sets it')
}

export function takeBackSysctl(data: SysctlData, reader: Reader, force: boolean): void {
  const now = presentOf(data, reader)
  if (now === 'before') return
  if (now === 'other' && !force) throw changedSince(data, reader)
  const { name, before, twin } = data
  if (twin === null || before !== '0') {
    setControl(reader, fileOf(name), before)
    return
  }
  // Only a change of the twin sets this one to 0: the kernel refuses the 0 itself, and writing what stands there is no change.
  if (readControl(reader, fileOf(twin.name)) === twin.before) {
    setControl(reader, fileOf(twin.name), twin.before === '1' ? '2' : '1')
  }
  setControl(reader, fileOf(twin.name), twin.before)
}

/** Both spellings together tell where it stands. */
function presentOf(
  { name, before, after, twin }: SysctlData,
  reader: Reader,
): 'before' | 'after' | 'other' {
  const now = readControl(reader, fileOf(name))
  const twinNow = twin === null ? null : readControl(reader, fileOf(twin.name))
  if (now === before && twinNow === (twin?.before ?? null)) return 'before'
  return now === after && (twinNow === null || twinNow === '0') ? 'after' : 'other'
}

function changedSince({ name }: SysctlData, reader: Reader): Error {
  return conflict(
    `is ${readControl(reader, fileOf(name))} now: somebody else changed it`,
    name,
    'decide by hand which value it shall have, with sysctl -w',
  )
}

export function carryOutBootFile({ file, before, after }: BootFileData, reader: Reader): void {
  swapFile(reader, file, { from: before, to: after })
}

export function takeBackBootFile(
  { file, before, after }: BootFileData,
  reader: Reader,
  force: boolean,
): void {
  swapFile(reader, file, { from: after, to: before, force })
}

function fileOf(name: string): string {
  return `/proc/sys/${name.replaceAll('.', '/')}`
}
