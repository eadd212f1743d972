import type { SettingChange } from '../../../model/scan-job.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import type { HeldSetting } from '../../../scanning/desk.ts'
import { settingOf, settingsNamed } from '../../../scanning/settings/index.ts'
import { writeAnswer } from '../../../server/answer.ts'
import { ChangeAnswer, ChangesAnswer } from '../../../server/scanner-contract.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { userName, withDesk } from '../../scanner-desk.ts'
import type { ScannerFlags } from './flags.ts'
import { print } from './print.ts'

/** `stella scanner config get`. */
export async function getSettings(
  this: CliContext,
  flags: ScannerFlags,
  name: string,
): Promise<void> {
  const keys = new Set(settingsNamed(name).map(({ key }) => key))
  const all = await withDesk(this.io, flags, (desk) => desk.settings())
  const found = all.filter(({ key }) => keys.has(key))
  const [only] = found
  if (only?.key === name) printSetting(this, flags, only)
  else printSettings(this, flags, found)
}

/** `stella scanner config list`. */
export async function listSettings(this: CliContext, flags: ScannerFlags): Promise<void> {
  printSettings(this, flags, await withDesk(this.io, flags, (desk) => desk.settings()))
}

/** `stella scanner config set`. */
export async function setSetting(
  this: CliContext,
  flags: ScannerFlags,
  key: string,
  value: string,
): Promise<void> {
  const set = await withDesk(this.io, flags, (desk) => desk.set(key, value, userName()))
  printSetting(this, flags, set, set.change)
  tellOfRestart(this, flags, key)
}

/** What was set does not hold yet. */
function tellOfRestart({ io }: CliContext, { quiet }: ScannerFlags, key: string): void {
  if (quiet === true || !settingOf(key).needsRestart) return
  io.err('stella: workers that run keep what they have until: stella scanner workers restart\n')
}

/** `stella scanner config reset`. */
export async function resetSetting(
  this: CliContext,
  flags: ScannerFlags,
  key: string,
): Promise<void> {
  const set = await withDesk(this.io, flags, (desk) => desk.set(key, null, userName()))
  printSetting(this, flags, set, set.change)
  tellOfRestart(this, flags, key)
}

export interface HistoryFlags extends ScannerFlags {
  limit: number
}

/** `stella scanner config history`. */
export async function showHistory(
  this: CliContext,
  flags: HistoryFlags,
  key?: string,
): Promise<void> {
  if (key !== undefined) settingOf(key)
  const { limit } = flags
  const changes = await withDesk(this.io, flags, (desk) => desk.history({ limit, key }))
  const rows = changes.map(changeRow)
  const head = ['Change', 'Time', 'Setting', 'From', 'To', 'By']
  print(this.io, flags, {
    document: writeAnswer(ChangesAnswer, { changes }),
    lines: rows.length === 0 ? ['Nothing was changed yet.'] : textTable(head, rows, [0]),
    quiet: changes.map(({ id, key: each, to }) => `${id} ${each} ${printable(to ?? 'unset')}`),
  })
}

/** `stella scanner config rollback`. */
export async function rollBack(
  this: CliContext,
  flags: ScannerFlags,
  change: number,
): Promise<void> {
  const made = await withDesk(this.io, flags, (desk) => desk.rollback(change, userName()))
  const value = printable(made.to ?? 'what it is when nobody set it')
  print(this.io, flags, {
    document: writeAnswer(ChangeAnswer, made),
    lines: [`${printable(made.key)} is ${value} again; that is change ${made.id}.`],
    quiet: [String(made.id)],
  })
  tellOfRestart(this, flags, made.key)
}

function changeRow({ id, at, key, from, to, by }: SettingChange): string[] {
  const [before, after] = [from ?? 'unset', to ?? 'unset']
  return [String(id), localTime(at), ...[key, before, after, by].map((text) => printable(text))]
}

/** One of them is one line of JSON: scripts compare it as it stands. */
function printSetting(
  { io }: CliContext,
  flags: ScannerFlags,
  setting: HeldSetting,
  change?: number | null,
): void {
  const document = {
    /** What `stella scanner config get KEY --json` prints, and `set` and `reset` with the number of the change. */
    schema: 'stella.scanner-config/1' as const,
    ...settingDocument(setting),
    ...(change === undefined ? {} : { change }),
  }
  if (flags.json === true) io.out(`${JSON.stringify(document)}\n`)
  else if (flags.quiet === true) io.out(`${valueText(setting)}\n`)
  else io.out(`${settingLine(setting)}\n`)
}

function printSettings(
  { io }: CliContext,
  flags: ScannerFlags,
  settings: readonly HeldSetting[],
): void {
  const rows = settings.map((setting) => [
    printable(setting.key),
    valueText(setting),
    setting.isUsual ? 'usual' : 'set',
    printable(setting.brief),
  ])
  print(io, flags, {
    document: {
      /** What `stella scanner config list --json` prints. */
      schema: 'stella.scanner-settings/1',
      settings: settings.map((setting) => ({
        ...settingDocument(setting),
        isUsual: setting.isUsual,
        brief: setting.brief,
      })),
    },
    lines: textTable(['Setting', 'Value', 'Origin', 'What it does'], rows),
    quiet: settings.map((setting) => `${printable(setting.key)} ${valueText(setting)}`),
  })
}

/** Switches and counts as JSON has them; of the others the text, and beside it what programs compute with. */
function settingDocument({ key, value, told }: HeldSetting) {
  const { enabled, number, bytes, milliseconds } = told
  return {
    key,
    value: enabled ?? number ?? value,
    ...(bytes === undefined ? {} : { bytes }),
    ...(milliseconds === undefined ? {} : { milliseconds }),
  }
}

function settingLine(setting: HeldSetting): string {
  const usual = setting.isUsual ? '  (nobody set it)' : ''
  return `${printable(setting.key)}  ${valueText(setting)}${usual}`
}

function valueText({ value }: HeldSetting): string {
  return printable(value ?? 'unset')
}
