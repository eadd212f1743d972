import { figuresOfGroup } from '../../src/bill/figures.ts'
import { TOOLS } from '../../src/bill/tools/index.ts'
import type { ToolInputs } from '../../src/bill/tools/tool.ts'
import type { ToolFigure } from '../../src/model/bill.ts'
import { cgroupOf, hostMemory, processesOf } from './group-texts.ts'
import type { GroupTexts } from './group-texts.ts'
import { containerState } from './incident.ts'
import type { ToolsRecording } from './record-tools.ts'

/** A figure that a tool printed: its size, and how far off it may be by its own rounding. */
export interface Shown {
  bytes: number
  within: number
}

/** What our functions say that each tool shows, for one of the two readings of a recording. */
export function figuresFor(
  recording: ToolsRecording,
  reading: GroupTexts,
  changes: Partial<ToolInputs> = {},
): Map<string, ToolFigure> {
  const inputs = { ...inputsOf(recording, reading), ...changes }
  const figures = TOOLS.map((tool) => [tool.name, tool.figure(inputs)] as const)
  return new Map(figures.flatMap(([name, figure]) => (figure === null ? [] : [[name, figure]])))
}

export function inputsOf(recording: ToolsRecording, reading: GroupTexts): ToolInputs {
  const { engine, engineVersion } = recording
  const group = figuresOfGroup(cgroupOf(reading))
  if (group === null) throw new Error('the recording has no usage')
  return {
    scope: 'group',
    chargeBytes: group.chargeBytes,
    group,
    processes: processesOf(reading),
    container: containerState({ engine, pid: recording.pid, running: true }),
    host: hostMemory(reading.meminfo),
    inPod: false,
    engineVersion,
  }
}

/** What the tools of a recording printed, by the names of {@link TOOLS}. */
export function shownBy(recording: ToolsRecording): Map<string, Shown> {
  const { shown, pid } = recording
  const processes = (shown['ps'] ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const top = topLine(shown['top'] ?? '', pid)
  const smaps = [...(shown['smaps'] ?? '').matchAll(/pss=(\d+) private=(\d+) mappings=(\d+)/g)]
  const sum = (values: readonly number[]): number =>
    values.reduce((total, value) => total + value, 0)
  // Each mapping's share is cut to whole KiB, their sum in smaps_rollup is not.
  const roundings = sum(smaps.map((line) => Number(line[3]))) * KIB
  const found: [string, Shown][] = [
    [`${recording.engine} stats`, rounded(shown['stats'] ?? '')],
    ['ps RSS', exactly(sum(processes.map((line) => Number(line[1]))) * KIB)],
    ['ps VSZ', exactly(sum(processes.map((line) => Number(line[2]))) * KIB)],
    ['VmRSS', exactly(Number(top[5]) * KIB)],
    ['top SHR', exactly(Number(top[6]) * KIB)],
    ['PSS', { bytes: sum(smaps.map((line) => Number(line[1]))) * KIB, within: roundings }],
    ['USS', exactly(sum(smaps.map((line) => Number(line[2]))) * KIB)],
    ['systemd-cgtop', exactly(Number(shown['systemd-cgtop']?.split(/\s+/)[3]))],
  ]
  if (shown['API'] !== undefined) found.push(['cgroup', exactly(Number(shown['API']))])
  return new Map(found)
}

const KIB = 1024
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: KIB,
  MiB: KIB ** 2,
  GiB: KIB ** 3,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
}

/** Both engines print four significant digits (docker/go-units, `%.4g`). */
function rounded(text: string): Shown {
  const match = /^([\d.]+)([A-Za-z]+) \//.exec(text)
  const value = Number(match?.[1])
  const unit = UNITS[match?.[2] ?? ''] ?? Number.NaN
  const lastDigit = 10 ** (Math.floor(Math.log10(value)) - 3)
  return { bytes: value * unit, within: (lastDigit * unit) / 2 }
}

function exactly(bytes: number): Shown {
  return { bytes, within: 0 }
}

/** PID USER PR NI VIRT RES SHR S %CPU %MEM TIME+ COMMAND */
function topLine(text: string, pid: number): string[] {
  const line = text.split('\n').find((entry) => entry.trim().startsWith(`${pid} `))
  return line?.trim().split(/\s+/) ?? []
}
