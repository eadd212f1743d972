import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { redactText } from '../../../evidence/redact-text.ts'
import { formatBytes } from '../../../model/bytes.ts'
import { StellaError, unreachableError, usageError } from '../../../model/errors.ts'
import type { ChangePlan, FixStep, Workload } from '../../../model/fix.ts'
import { field, isRecord, textField } from '../../../parsers/json-fields.ts'
import type { Driver, Hands, PlanRequest } from '../../driver.ts'
import { carryOutEdit, fileEdit, readExactly, takeBackEdit } from '../../text-edit/file.ts'
import { applySplices, type Splice } from '../../text-edit/splice.ts'
import { unifiedDiff } from '../../text-edit/unified-diff.ts'
import { quote } from '../../../advice/shell.ts'
import { readCompose, serviceNode, type ComposeFile } from './document.ts'
import { extendedServices, refuseOverridden } from './inherited.ts'
import { lookupIn, refuseVariable, settingsFor, type Setting } from './memory.ts'
import { placeValue } from './place.ts'
import { composeBytes, writeComposeSize } from './size.ts'
import { readEdit } from './step.ts'

/** A service of a Compose file: its limit is written into the file, comments and formatting stay. */
export const compose: Driver = {
  platform: 'compose',
  handles: (target, change) => target.kind === 'compose' && change.kind === 'limit',
  plan: async (request, hands) => plan(request, hands),
  async carryOut(step, { reader }) {
    carryOutEdit(reader, readEdit(step))
    return {}
  },
  async takeBack(step, { reader }, { force }) {
    takeBackEdit(reader, readEdit(step), { force })
  },
}

interface Edited {
  text: string
  splices: Splice[]
  notes: string[]
}

function plan({ target, change }: PlanRequest, { reader }: Hands): ChangePlan {
  if (target.kind !== 'compose' || change.kind !== 'limit') {
    throw usageError('only a limit is changed in a compose file', null, 'name another target')
  }
  const { service } = target
  // As the user named it, from where stella was started.
  const file = resolve(target.file)
  const before = readExactly(reader, file)
  if (before === null) {
    throw unreachableError('there is no such file', file, 'name the compose file')
  }
  const found = readCompose(file, before)
  const { data } = serviceNode(file, found, service)
  refuseOverridden(reader, file, service)
  const bases = extendedServices(reader, file, found.data, service)
  const lookup = lookupIn([data, ...bases])
  const settings = settingsFor(lookup, change, file)
  if (settings.length === 0) {
    throw usageError(
      `${service} has this limit already`,
      file,
      'put it in force with docker compose up -d',
    )
  }
  const edited = editAll(file, found, service, settings)
  const command = `docker compose -f ${quote(file)} up -d ${quote(service)}`
  const step: FixStep = {
    id: 'write-file',
    says: `write ${file}`,
    command: null,
    data: fileEdit(file, before, edited.splices),
  }
  return {
    platform: 'compose',
    target,
    method: 'file',
    title: `Give service ${service} a memory limit of ${formatBytes(change.limitBytes)}`,
    risk: 'medium',
    warnings: [
      `In force with: ${command} (the container is made anew)`,
      ...edited.notes,
      ...(field(data, 'extends') === null
        ? []
        : [`${service} extends another service, which keeps its own values`]),
    ],
    changes: settings.map(({ path, now, bytes }) => ({
      field: path.join('.'),
      before: now === null ? null : typeof now === 'string' ? now : JSON.stringify(now),
      after: writeComposeSize(bytes, now),
    })),
    diff: redactText(unifiedDiff(file, before, edited.text)),
    steps: [step],
    workload: workloadOf(data),
  }
}

/** One value after the other: each is placed in the text that the one before has made. */
function editAll(
  file: string,
  found: ComposeFile,
  service: string,
  settings: readonly Setting[],
): Edited {
  let now = found
  const splices: Splice[] = []
  const notes: string[] = []
  for (const setting of settings) {
    const value = writeComposeSize(setting.bytes, setting.now)
    refuseVariable(setting, value, file)
    const { pair, data } = serviceNode(file, now, service)
    const placement = placeValue(now.text, pair, data, setting.path, value)
    const after = placement === null ? null : applySplices(now.text, [placement.splice])
    if (placement === null || after === null) throw byHand(file, service, setting, value)
    splices.push(placement.splice)
    if (placement.note !== null) notes.push(placement.note)
    now = readBack(file, after, service, setting, value)
  }
  refuseSideEffects(file, found, now, service, settings)
  return { text: now.text, splices, notes }
}

function readBack(
  file: string,
  text: string,
  service: string,
  setting: Setting,
  value: string,
): ComposeFile {
  try {
    return readCompose(file, text)
  } catch (error) {
    if (!(error instanceof StellaError)) throw error
    throw byHand(file, service, setting, value)
  }
}

function byHand(file: string, service: string, { path }: Setting, value: string): StellaError {
  return usageError(
    `${path.join('.')} of ${service} is written in a way that is not changed safely`,
    file,
    `write ${path.join('.')}: ${value} by hand`,
  )
}

/** The edited file must mean the same as before but for what was asked for. */
function refuseSideEffects(
  file: string,
  before: ComposeFile,
  after: ComposeFile,
  service: string,
  settings: readonly Setting[],
): void {
  const wanted = field(after.data, 'services', service)
  const reached = settings.every(
    ({ path, bytes }) => composeBytes(field(wanted, ...path)) === bytes,
  )
  const [setting] = settings
  if (setting !== undefined && (!reached || !keepsTheRest(before, after, service, settings))) {
    throw byHand(file, service, setting, writeComposeSize(setting.bytes, setting.now))
  }
  const others = changedPlaces(before.data, after.data, service)
  if (others.length === 0) return
  throw usageError(
    `${others.join(', ')} would change too: they take this value from ${service}`,
    file,
    `write the value that they shall have into ${others.join(', ')} first`,
  )
}

function keepsTheRest(
  before: ComposeFile,
  after: ComposeFile,
  service: string,
  settings: readonly Setting[],
): boolean {
  const paths = settings.map(({ path }) => path)
  return isDeepStrictEqual(
    without(field(before.data, 'services', service), paths),
    without(field(after.data, 'services', service), paths),
  )
}

/** A copy without these values, and without the mappings that held nothing else. */
function without(data: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0) || !isRecord(data)) return undefined
  const entries = Object.entries(data).flatMap(([key, value]) => {
    const inner = paths.filter(([first]) => first === key).map(([, ...rest]) => rest)
    const kept = inner.length === 0 ? value : without(value, inner)
    const isGone = kept === undefined || (inner.length > 0 && kept === null)
    return isGone ? [] : [[key, kept]]
  })
  return entries.length === 0 && paths.length > 0 ? undefined : Object.fromEntries(entries)
}

/** Services, and parts of the file beside them, whose data differs. */
function changedPlaces(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  service: string,
): string[] {
  const differing = (a: unknown, b: unknown): string[] => {
    const names = new Set([
      ...(isRecord(a) ? Object.keys(a) : []),
      ...(isRecord(b) ? Object.keys(b) : []),
    ])
    return [...names].filter((name) => !isDeepStrictEqual(field(a, name), field(b, name)))
  }
  return [
    ...differing(before['services'], after['services']).filter((name) => name !== service),
    ...differing(before, after).filter((name) => name !== 'services'),
  ]
}

function workloadOf(data: Readonly<Record<string, unknown>>): Workload {
  const { command } = data
  return {
    image: textField(data, 'image'),
    imageId: null,
    command:
      typeof command === 'string' ? [command] : Array.isArray(command) ? command.map(String) : [],
  }
}
