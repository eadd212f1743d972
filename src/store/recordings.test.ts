import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NO_SAMPLE } from '../model/series.ts'
import type { Sample } from '../model/series.ts'
import type { Subject } from '../model/subject.ts'
import { openRecordingWriter } from './recordings/writer.ts'
import type { RecordingWriter } from './recordings/writer.ts'
import { listRecordings, readRecordings } from './recordings.ts'

const WEB: Subject = { platform: 'docker', name: 'web', id: 'c0ffee', image: 'web:1' }
const START = Date.UTC(2026, 0, 1)
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Of a lock. */
const OWNER = { pid: 1, startTicks: '1', bootId: '', pidNamespace: '', purpose: '', since: 0 }

let data = ''
const open: RecordingWriter[] = []

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'stella-recordings-'))
})

afterEach(() => {
  for (const writer of open.splice(0)) writer.close()
  rmSync(data, { recursive: true, force: true })
})

function writerAt(
  now = START,
  caps?: { subjectBytes: number; totalBytes: number },
): RecordingWriter {
  const writer = openRecordingWriter(data, WEB, now, caps)
  open.push(writer)
  return writer
}

function closeAll(): void {
  for (const writer of open.splice(0)) writer.close()
}

function sample(at: number, bytes: number): Sample {
  return { at, ...NO_SAMPLE, usageBytes: bytes, unreclaimableBytes: bytes }
}

function write(writer: RecordingWriter, at: number, bytes: number): void {
  writer.write({ group: sample(at, bytes), processes: [], marks: [], regions: [] })
}

function recorded(): readonly Sample[] {
  return readRecordings(data, WEB)?.group.samples ?? []
}

/** What a crash leaves: the files as they are, and a lock of nobody. */
function crash(writer: RecordingWriter): void {
  open.splice(open.indexOf(writer), 1)
  for (const name of readdirSync(writer.folder)) {
    if (name.endsWith('.lock')) rmSync(join(writer.folder, name))
  }
}

describe('what is written', () => {
  it('is read back: samples, processes, marks and regions', () => {
    const writer = writerAt()
    const process = { pid: 7, startedAt: START - DAY, name: 'worker' }
    writer.write({
      group: { ...sample(START, 10), limitBytes: 64 },
      processes: [{ process, sample: sample(START, 4) }],
      marks: [{ at: START, kind: 'start', says: 'restarted' }],
      regions: [
        {
          at: START,
          pid: 7,
          startedAt: START - DAY,
          regions: [{ name: '[heap]', rssBytes: 3, anonBytes: 2, swapBytes: 1, mappings: 1 }],
        },
      ],
    })
    const recording = readRecordings(data, WEB)
    expect(recording).toMatchObject({
      subject: WEB,
      source: 'stella',
      unknown: [],
      group: {
        samples: [{ at: START, usageBytes: 10, limitBytes: 64, anonBytes: null }],
        marks: [{ at: START, kind: 'start', says: 'restarted' }],
      },
      processes: [{ name: 'worker', process: { pid: 7, startedAt: START - DAY } }],
      regions: [{ pid: 7, regions: [{ name: '[heap]', rssBytes: 3 }] }],
    })
    expect(recording?.processes[0]?.samples).toEqual([sample(START, 4)])
  })

  it('is there at once, also while somebody records', () => {
    const writer = writerAt()
    write(writer, START, 1)
    write(writer, START + SECOND, 2)
    expect(recorded().map(({ usageBytes }) => usageBytes)).toEqual([1, 2])
    expect(listRecordings(data)).toMatchObject([
      { subject: WEB, from: START, to: START + SECOND, samples: 2, writerPid: process.pid },
    ])
    closeAll()
    expect(listRecordings(data)).toMatchObject([{ writerPid: null }])
  })

  it('of nobody is null, and an empty list', () => {
    expect(readRecordings(data, WEB)).toBeNull()
    expect(listRecordings(data)).toEqual([])
  })

  it('keeps subjects apart whose names differ in a character that no path may have', () => {
    const names = ['/a/b', '/a_b', '/a b', '../../etc', '/'.repeat(300), 'A', 'a']
    for (const [index, name] of names.entries()) {
      const subject: Subject = { platform: 'cgroup', name, id: name, image: null }
      const writer = openRecordingWriter(data, subject, START)
      write(writer, START, index + 1)
      writer.close()
    }
    for (const [index, name] of names.entries()) {
      const subject: Subject = { platform: 'cgroup', name, id: name, image: null }
      expect(readRecordings(data, subject)?.group.samples).toMatchObject([
        { usageBytes: index + 1 },
      ])
    }
    expect(readdirSync(data)).toEqual(['recordings'])
  })
})

describe('with age', () => {
  it('fewer samples are kept, and of each stretch the lowest, the highest and the last', () => {
    const writer = writerAt()
    const peakAt = START + 30 * MINUTE + 4 * SECOND
    const floorAt = START + 40 * MINUTE + 7 * SECOND
    const end = START + 4 * HOUR
    for (let at = START; at <= end; at += SECOND) {
      write(writer, at, at === peakAt ? 10_000 : at === floorAt ? 1 : 1_000 + ((at / SECOND) % 10))
    }
    const samples = recorded()
    const inSpan = (from: number, to: number): number =>
      samples.filter(({ at }) => at >= from && at < to).length
    expect(inSpan(end - HOUR, end)).toBe(3_600)
    expect(inSpan(START, START + HOUR)).toBeLessThanOrEqual(3 * 360)
    expect(inSpan(START, START + HOUR)).toBeGreaterThanOrEqual(360)
    expect(samples.find(({ at }) => at === peakAt)?.usageBytes).toBe(10_000)
    expect(samples.find(({ at }) => at === floorAt)?.usageBytes).toBe(1)
    for (const [index, { at }] of samples.slice(1).entries())
      expect(at).toBeGreaterThan(samples[index]?.at ?? Infinity)
  })

  it('marks stay as long as the coarsest samples, and all is gone after 90 days and a week', () => {
    const writer = writerAt()
    writer.mark([{ at: START, kind: 'kill', says: 'out of memory' }])
    for (let at = START; at < START + 80 * DAY; at += HOUR) write(writer, at, 5)
    const recording = readRecordings(data, WEB)
    expect(recording?.group.marks).toHaveLength(1)
    expect(recording?.group.samples[0]?.at).toBe(START)
    for (let at = START + 80 * DAY; at < START + 120 * DAY; at += HOUR) write(writer, at, 5)
    const first = recorded()[0]?.at ?? 0
    expect(first).toBeGreaterThan(START + 120 * DAY - 98 * DAY)
    expect(first).toBeLessThanOrEqual(START + 120 * DAY - 90 * DAY)
  })

  it('no more room is taken than allowed, and the long history goes last', () => {
    const writer = writerAt(START, { subjectBytes: 200_000, totalBytes: 300_000 })
    for (let at = START; at < START + 5 * HOUR; at += 2 * SECOND) write(writer, at, at % 977)
    const bytes = readdirSync(writer.folder)
      .map((name) => statSync(join(writer.folder, name)).size)
      .reduce((sum, size) => sum + size, 0)
    // The files that are being written are never removed.
    expect(bytes).toBeLessThan(400_000)
    expect(recorded()[0]?.at).toBeLessThan(START + 10 * MINUTE)
  })
})

it('a recorder that ends and begins again and again does not fill the disk with small files', () => {
  const caps = { subjectBytes: 400_000, totalBytes: 10_000_000 }
  for (let run = 0; run < 200; run++) {
    const at = START + run * 5 * SECOND
    const writer = openRecordingWriter(data, WEB, at, caps)
    write(writer, at, run)
    writer.close()
  }
  const files = readdirSync(join(data, 'recordings', 'docker-web'))
  expect(files.length).toBeLessThan(110)
  expect(recorded().at(-1)?.usageBytes).toBe(199)
})

describe('after a crash', () => {
  it('the torn line is passed over, what the open stretches held comes back, and it goes on', () => {
    const writer = writerAt()
    for (let at = 0; at < 95; at++) write(writer, START + at * SECOND, 100 + at)
    crash(writer)
    const torn = readdirSync(writer.folder).find((name) => name.startsWith('1s-')) ?? ''
    appendFileSync(join(writer.folder, torn), '{"at":1767225695000,"usa')
    const again = writerAt(START + 2 * HOUR)
    expect(again.lastAt).toBe(START + 94 * SECOND)
    write(again, START + 2 * HOUR, 7)
    // An hour later the closest samples of the first run are gone.
    write(again, START + 4 * HOUR, 8)
    const samples = recorded()
    const first = samples
      .filter(({ at }) => at < START + HOUR)
      .map(({ at }) => (at - START) / SECOND)
    expect(first).toEqual([
      0, 9, 10, 19, 20, 29, 30, 39, 40, 49, 50, 59, 60, 69, 70, 79, 80, 89, 90, 94,
    ])
    expect(readRecordings(data, WEB)?.unknown).toEqual([])
  })

  it('whatever a file holds by then, the others are read', () => {
    const writer = writerAt()
    for (let at = 0; at < 30; at++) write(writer, START + at * SECOND, 100)
    closeAll()
    const path = join(writer.folder, '10s-1.jsonl')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        writeFileSync(path, text)
        expect(recorded().length).toBeGreaterThanOrEqual(30)
      }),
      { numRuns: 50 },
    )
  })
})

describe('is refused', () => {
  it('where another one records it, and not where that one is dead', () => {
    const writer = writerAt()
    expect(() => openRecordingWriter(data, WEB, START)).toThrow(
      `process ${process.pid} records it already`,
    )
    closeAll()
    const dead = { ...OWNER, startTicks: '99999999999', bootId: '' }
    writeFileSync(join(writer.folder, 'writer.1-dead.lock'), JSON.stringify(dead))
    writeFileSync(join(writer.folder, 'writer.2-torn.lock'), '{"pi')
    expect(writerAt().lastAt).toBeNull()
  })

  it('where the folder is none', () => {
    const path = join(data, 'file')
    writeFileSync(path, '')
    expect(() => openRecordingWriter(path, WEB, START)).toThrow('the recording failed (ENOTDIR)')
  })

  it('where the clock was wrong, for samples would be told in the wrong order', () => {
    write(writerAt(START + DAY), START + DAY, 5)
    closeAll()
    expect(() => openRecordingWriter(data, WEB, START)).toThrow(
      'the recording reaches to 2026-01-02T00:00:00.000Z, which is in the future',
    )
    mkdirSync(join(data, 'other'))
    expect(readRecordings(join(data, 'other'), WEB)).toBeNull()
  })
})
