import { usageError } from '../../model/errors.ts'
import type { Recording, RegionSnapshot, Sample, Series, SeriesMark } from '../../model/series.ts'
import type { Subject } from '../../model/subject.ts'
import { linesOf } from '../lines.ts'
import { readRecordingLine, RECORDING_SCHEMA } from './recording-line.ts'
import type { ProcessKey, RecordingLine } from './recording-line.ts'
import { MAX_SAMPLES } from './series-builder.ts'
import type { SeriesFormat } from './series-format.ts'
import { createThinner } from './thinner.ts'

/** Our own recordings: one file of them, or several one after the other. */
export const recordingFormat: SeriesFormat = {
  recognise: (head) => head.trimStart().startsWith(`{"schema":"${RECORDING_SCHEMA}"`),
  read(text, from) {
    const assembly = createAssembly()
    assembly.addText(text)
    const recording = assembly.finish()
    if (recording !== null) return recording
    throw usageError('there is no sample in it', from, 'record for a while, then try again')
  },
}

/** Puts the lines of recordings together, whatever their order: coarse files repeat samples of the finer ones. */
export interface Assembly {
  /** A line that was torn by the end of a process is passed over; others that cannot be read are counted. */
  addText(text: string): void
  /** Null: there is no sample. */
  finish(): Recording | null
}

interface Followed {
  key: ProcessKey
  samples: Map<number, Sample>
}

const MAX_PROCESSES = 1_000
/** The start of a process is told by the time of the boot, which the kernel rounds to seconds each time it is asked. */
const SAME_START_MS = 2_000

export function createAssembly(): Assembly {
  let subject: Subject | null = null
  const group = new Map<number, Sample>()
  const processes: Followed[] = []
  const byPid = new Map<number, Followed[]>()
  const marks = new Map<string, SeriesMark>()
  const regions = new Map<string, RegionSnapshot>()
  let unread = 0
  let leftOut = 0

  function add(line: RecordingLine): void {
    switch (line.kind) {
      case 'head':
        subject = line.subject
        return
      case 'group':
        group.set(line.sample.at, line.sample)
        return
      case 'process':
        addProcess(line.process, line.sample)
        return
      case 'mark':
        marks.set(`${line.mark.at} ${line.mark.kind} ${line.mark.says}`, line.mark)
        return
      case 'regions':
        regions.set(`${line.snapshot.at} ${line.snapshot.pid}`, line.snapshot)
        return
    }
  }

  function addProcess(key: ProcessKey, sample: Sample): void {
    const ofPid = byPid.get(key.pid) ?? []
    let known = ofPid.find((each) => Math.abs(each.key.startedAt - key.startedAt) <= SAME_START_MS)
    if (known === undefined) {
      if (processes.length === MAX_PROCESSES) {
        leftOut++
        return
      }
      known = { key, samples: new Map() }
      processes.push(known)
      byPid.set(key.pid, [...ofPid, known])
    }
    // A program that starts another one keeps its number and its start, and changes its name.
    known.key = { ...key, startedAt: known.key.startedAt }
    known.samples.set(sample.at, sample)
  }

  function addText(text: string): void {
    let torn = false
    for (const { text: line } of linesOf(text)) {
      if (torn) unread++
      torn = false
      if (line === '') continue
      const read = readRecordingLine(line)
      if (read === null) torn = true
      else add(read)
    }
  }

  function finish(): Recording | null {
    if (group.size === 0) return null
    const unknown: string[] = []
    if (unread > 0) unknown.push(`${unread} lines of the recording could not be read`)
    if (leftOut > 0) {
      unknown.push(`samples of more than ${MAX_PROCESSES} processes were left out`)
    }
    const found: Subject | null = subject
    const isProcess = found?.platform === 'process'
    return {
      subject: found,
      source: 'stella',
      group: {
        subject: isProcess ? 'process' : 'group',
        name: found?.name ?? null,
        process: null,
        samples: inOrder(group),
        marks: [...marks.values()].toSorted((a, b) => a.at - b.at),
      },
      processes: processes.map(({ key, samples }) => seriesOf(key, samples)),
      regions: [...regions.values()].toSorted((a, b) => a.at - b.at),
      unknown,
    }
  }

  return { addText, finish }
}

function seriesOf({ pid, startedAt, name }: ProcessKey, samples: Map<number, Sample>): Series {
  return {
    subject: 'process',
    name,
    process: { pid, startedAt },
    samples: inOrder(samples),
    marks: [],
  }
}

function inOrder(samples: Map<number, Sample>): Sample[] {
  const thinner = createThinner(MAX_SAMPLES)
  for (const sample of [...samples.values()].toSorted((a, b) => a.at - b.at)) thinner.push(sample)
  return thinner.samples()
}
