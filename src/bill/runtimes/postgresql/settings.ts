import { GIB, KIB, MIB } from '../../../model/bytes.ts'
import type { ProcessState } from '../../../model/facts.ts'
import { linesOf } from '../../../parsers/lines.ts'

/** The settings that decide how much memory a server may take; those that no file names have PostgreSQL's defaults. */
export interface PostgresSettings {
  sharedBuffersBytes: number
  workMemBytes: number
  maintenanceWorkMemBytes: number
  autovacuumWorkMemBytes: number
  autovacuumWorkers: number
  maxConnections: number
  /** Hash tables may take so many times work_mem; 2 since version 15, 1 before. */
  hashMemMultiplier: number
  hugePages: string
  /** Directives that lead to files which were not read. */
  includes: readonly string[]
}

/** Texts by what they are; null where one could not be read. */
export interface SettingsTexts {
  /** postgresql.conf */
  main: string | null
  /** postgresql.auto.conf: what ALTER SYSTEM wrote. */
  auto: string | null
  majorVersion: number | null
}

const MAX_SETTINGS = 2_000

/**
 * The settings in force as far as files and command line tell them; a later one wins, and the command line over all. Null where
 * postgresql.conf could not be read. What was set by ALTER DATABASE or in a session is not known.
 *
 * @see src/backend/utils/misc/guc_tables.c for the units and defaults
 */
export function postgresSettings(
  { main, auto, majorVersion }: SettingsTexts,
  postmaster: ProcessState,
): PostgresSettings | null {
  if (main === null) return null
  const settings = new Map<string, string>()
  const includes: string[] = []
  for (const text of [main, auto ?? '']) readFile(text, settings, includes)
  for (const [name, value] of commandLine(postmaster.command)) settings.set(name, value)
  const size = (name: string, unitBytes: number, otherwise: number): number =>
    sizeOf(settings.get(name), unitBytes) ?? otherwise
  const count = (name: string, otherwise: number): number => {
    const value = settings.get(name)
    return /^\d{1,7}$/.test(value ?? '') ? Number(value) : otherwise
  }
  const maintenance = size('maintenance_work_mem', KIB, 64 * MIB)
  const multiplier = Number(settings.get('hash_mem_multiplier') ?? NaN)
  return {
    sharedBuffersBytes: size('shared_buffers', 8 * KIB, 128 * MIB),
    workMemBytes: size('work_mem', KIB, 4 * MIB),
    maintenanceWorkMemBytes: maintenance,
    autovacuumWorkMemBytes: size('autovacuum_work_mem', KIB, maintenance),
    autovacuumWorkers: count('autovacuum_max_workers', 3),
    maxConnections: count('max_connections', 100),
    hashMemMultiplier:
      multiplier >= 1 && multiplier <= 1_000 ? multiplier : (majorVersion ?? 15) >= 15 ? 2 : 1,
    hugePages: /^\w{1,10}$/.exec(settings.get('huge_pages') ?? '')?.[0] ?? 'try',
    includes,
  }
}

/** `name = value`, `name value`, quotes doubled or not, `#` to the end of the line. */
function readFile(text: string, settings: Map<string, string>, includes: string[]): void {
  for (const { text: line } of linesOf(text)) {
    const match = /^\s*([A-Za-z_][\w.]{0,62})(?:\s*=\s*|\s+)(?:'((?:[^']|'')*)'|([^\s#']+))/.exec(
      line,
    )
    if (match === null) continue
    const name = (match[1] ?? '').toLowerCase()
    const value = match[2] ?? match[3] ?? ''
    if (/^include(?:_dir|_if_exists)?$/.test(name)) {
      if (includes.length < 10) includes.push(`${name} '${value.slice(0, 200)}'`)
    } else if (settings.size < MAX_SETTINGS || settings.has(name)) {
      settings.set(name, value)
    }
  }
}

const SHORT_OPTIONS: Readonly<Record<string, string>> = {
  B: 'shared_buffers',
  N: 'max_connections',
  S: 'work_mem',
}

/** `-c name=value`, `--name=value`, and the short ones of postgres itself. */
function commandLine(command: readonly string[]): [name: string, value: string][] {
  const found: [string, string][] = []
  for (const [at, word] of command.entries()) {
    const next = command[at + 1] ?? ''
    const assignment = /^([\w.-]{1,63})=(.*)$/s.exec(
      word === '-c' ? next : word.replace(/^-c(?=\w)|^--/, ''),
    )
    if (/^-c|^--/.test(word) && assignment !== null) {
      found.push([(assignment[1] ?? '').replaceAll('-', '_').toLowerCase(), assignment[2] ?? ''])
    }
    const short = /^-([BNS])(\d*)$/.exec(word)
    const name = SHORT_OPTIONS[short?.[1] ?? '']
    if (name !== undefined) found.push([name, short?.[2] === '' ? next : (short?.[2] ?? '')])
  }
  return found
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: KIB, MB: MIB, GB: GIB, TB: 1024 * GIB }

/** A size with its unit, else in the setting's own; null for -1 ("as another one") and for what is no size. */
function sizeOf(text: string | undefined, unitBytes: number): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*(B|kB|MB|GB|TB)?$/.exec(text?.trim() ?? '')
  if (match === null) return null
  return Math.round(
    Number(match[1]) * (match[2] === undefined ? unitBytes : (UNITS[match[2]] ?? 1)),
  )
}
