import { formatBytes } from '../../../../model/bytes.ts'
import { EXIT } from '../../../../model/errors.ts'
import { forecastSwap, type SwapForecast, type SwapSetting } from '../../../../simulate/swap.ts'
import { hostReader } from '../../../../sources/reader.ts'
import type { CommonFlags } from '../../../common-flags.ts'
import type { CliContext } from '../../../context.ts'
import { sizeWithBytes } from '../../../../report/size.ts'
import { textTable } from '../../../../report/table.ts'
import { printAnswer } from '../print.ts'
import { headlineOf, notesOn } from './says.ts'
import { readSwapMachine, type SwapMachine } from './this-machine.ts'

interface SwapFlags extends CommonFlags {
  memory: number
  memorySwap?: number
  cgroup?: 'v1' | 'v2'
  hostSwap?: number
  /** -1 is "not set". */
  swappiness?: number
  noAccounting?: boolean
}

/** `stella simulate swap`. */
export async function swap(this: CliContext, flags: SwapFlags): Promise<void> {
  const machine = flags.cgroup === undefined ? readSwapMachine(hostReader()) : null
  const setting: SwapSetting = {
    cgroup: machine?.cgroup ?? (flags.cgroup === 'v1' ? 1 : 2),
    memoryBytes: flags.memory,
    memorySwapBytes: flags.memorySwap ?? 0,
    swappiness: flags.swappiness === -1 ? null : (flags.swappiness ?? null),
    accounting: flags.noAccounting !== true && machine?.accounting !== false,
    hostSwapBytes: flags.hostSwap ?? null,
  }
  const forecast = forecastSwap(setting)
  const headline = headlineOf(setting, forecast)
  const notes = notesOn(setting, forecast, machine)
  printAnswer(this.io, flags, {
    document: documentOf(setting, forecast, machine, { says: headline, notes }),
    headline,
    tone: forecast.refused === null ? 'bold' : 'bad',
    parts: [{ lines: tableOf(forecast) }, { sentences: notes }],
  })
  this.finish(forecast.refused === null ? EXIT.ok : EXIT.bad)
}

function documentOf(
  setting: SwapSetting,
  forecast: SwapForecast,
  machine: SwapMachine | null,
  told: { says: string; notes: readonly string[] },
) {
  const made = forecast.refused === null ? forecast : null
  return {
    /** What `stella simulate swap --json` prints: how much swap a container has. */
    schema: 'stella.simulate-swap/1',
    swapBytes: made?.swapBytes ?? null,
    says: told.says,
    killedAtBytes: made?.killedAtBytes ?? null,
    refused: forecast.refused,
    warnings: made?.warnings ?? [],
    stored: made?.stored ?? null,
    files: made?.files ?? [],
    allowedSwapBytes: made?.allowedSwapBytes ?? null,
    cgroup: `v${setting.cgroup}`,
    accounting: setting.accounting,
    hostSwapBytes: setting.hostSwapBytes,
    thisMachine: machine,
    notes: told.notes,
  }
}

function tableOf(forecast: SwapForecast): string[] {
  if (forecast.refused !== null) return []
  const { stored, files, warnings } = forecast
  const sizes = textTable(
    ['Docker stores', 'Value', 'Means'],
    [
      ['HostConfig.Memory', ...valueOf(stored.memoryBytes)],
      ['HostConfig.MemorySwap', ...valueOf(stored.memorySwapBytes)],
    ],
  )
  const written = files.map(({ file, value }) => [file, ...writtenValue(file, Number(value))])
  return [
    ...sizes,
    ...(files.length === 0 ? [] : ['', ...textTable(['It writes', 'Value', 'Means'], written)]),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((line) => `Docker warns: ${line}`)]),
  ]
}

function valueOf(bytes: number): string[] {
  if (bytes === 0) return ['0', 'not set']
  return bytes === -1 ? ['-1', 'no limit'] : [String(bytes), formatBytes(bytes)]
}

function writtenValue(file: string, value: number): string[] {
  return file.endsWith('swappiness') ? [String(value), ''] : [String(value), sizeOf(value)]
}

function sizeOf(bytes: number): string {
  return bytes < 1024 ? sizeWithBytes(bytes) : formatBytes(bytes)
}
