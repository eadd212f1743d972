import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import type { Observation } from '../../model/evidence.ts'
import type { StreamFormat } from '../../parsers/format.ts'
import { readKernelLog } from './index.ts'

const BOOT = 1_699_999_000_000

/** Stands for the parser: one fact for each line `SECONDS what`, so that the tests see what reached it. */
const lines: StreamFormat = {
  id: 'lines',
  recognise: () => true,
  open(origin) {
    let text = ''
    return {
      push: (chunk) => (text += new TextDecoder().decode(chunk)),
      finish: () =>
        text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => fault(line, origin)),
    }
  },
}

function fault(
  line: string,
  origin: { from: string; source: Observation['source'] | null },
): Observation {
  const [time = '', ...words] = line.split(' ')
  const wall = time.startsWith('@')
  return {
    source: origin.source ?? 'syslog',
    at: wall ? Number(time.slice(1)) : null,
    says: words.join(' '),
    excerpt: line,
    from: origin.from,
    fact: {
      kind: 'kernel-fault',
      pid: 1,
      name: 'x',
      message: words.join(' '),
      bootSeconds: wall ? null : Number(time),
    },
  }
}

const options = { since: null, signal: new AbortController().signal, maxBytes: 1_000_000 }

describe('where the kernel log comes from', () => {
  it('is dmesg where /dev/kmsg is not there, with the time of day made from the time since boot', async () => {
    using reader = fakeReader({ programs: { dmesg: { stdout: '0.5 hello\n' } } })
    const reading = await readKernelLog(reader, lines, options)
    expect(reading.observations).toMatchObject([{ says: 'hello', source: 'kmsg', at: BOOT + 500 }])
    expect(reading.unknown).toEqual([])
  })

  it('is the journal where neither may be read', async () => {
    using reader = fakeReader({
      files: { 'var/log/journal/0123/system.journal': 'x' },
      programs: {
        dmesg: { exitCode: 1, stderr: 'dmesg: read kernel buffer failed: Operation not permitted' },
        journalctl: { stdout: '@1 from the journal\n' },
      },
    })
    const reading = await readKernelLog(reader, lines, options)
    expect(reading.observations[0]).toMatchObject({ says: 'from the journal', source: 'journal' })
    expect(reading.unknown).toEqual([])
    expect(reader.ran.flat()).toContain('_TRANSPORT=kernel')
  })

  it('is the syslog files where there is no journal, rotated and compressed ones first', async () => {
    using reader = fakeReader({
      files: {
        'var/log/messages': '@3 now\n',
        'var/log/messages.1': '@2 before\n',
        'var/log/messages.2.gz': gzipSync('@1 long before\n'),
        'var/log/messages-not-a-log': '@0 other\n',
        'var/log/syslog': '@3 now, again\n',
      },
    })
    for (const [name, at] of [
      ['messages.2.gz', 1],
      ['messages.1', 2],
      ['messages', 3],
    ] as const) {
      utimesSync(join(reader.root, 'var/log', name), at, at)
    }
    const reading = await readKernelLog(reader, lines, options)
    expect(reading.observations.map(({ says, from }) => [says, from])).toEqual([
      ['long before', '/var/log/messages.2.gz'],
      ['before', '/var/log/messages.1'],
      ['now', '/var/log/messages'],
    ])
  })

  it('names every missing right where nothing can be read', async () => {
    using reader = fakeReader({
      files: { 'var/log/journal/0123/system.journal': 'x' },
      programs: {
        journalctl: {
          exitCode: 1,
          stderr: 'No journal files were opened due to insufficient permissions.',
        },
      },
    })
    const { observations, unknown } = await readKernelLog(reader, lines, options)
    expect(observations).toEqual([])
    expect(unknown.join('\n')).toMatch(/CAP_SYSLOG/)
    expect(unknown.join('\n')).toMatch(/systemd-journal and adm/)
  })

  it('says that there is no log at all, instead of that nothing happened', async () => {
    using reader = fakeReader()
    const { unknown } = await readKernelLog(reader, lines, options)
    expect(unknown).toHaveLength(2)
    expect(unknown.every((sentence) => sentence.startsWith('kernel log: '))).toBe(true)
  })
})

describe('how far back it reaches', () => {
  it('adds from the files what happened before this boot, and nothing twice', async () => {
    using reader = fakeReader({
      programs: { dmesg: { stdout: '1 after boot\n' } },
      files: { 'var/log/kern.log': `@${BOOT - 60_000} before boot\n@${BOOT + 2_000} after boot\n` },
    })
    const reading = await readKernelLog(reader, coveringFrom(0.5), {
      ...options,
      since: BOOT - 3_600_000,
    })
    expect(
      reading.observations.map(({ says }) => says).filter((says) => says !== 'coverage'),
    ).toEqual(['before boot', 'after boot'])
  })

  it('says from when on it knows, where nothing keeps what was before', async () => {
    using reader = fakeReader({ programs: { dmesg: { stdout: '900 late\n' } } })
    const wrapped = await readKernelLog(reader, coveringFrom(900), {
      ...options,
      since: BOOT + 1_000,
    })
    expect(wrapped.unknown).toEqual([
      `kernel log before ${new Date(BOOT + 900_000).toISOString()}: the ring buffer has wrapped, and no journal or log file keeps what was there`,
    ])
    const young = await readKernelLog(reader, coveringFrom(0), { ...options, since: BOOT - 1_000 })
    expect(young.unknown[0]).toContain('this boot began then')
    const enough = await readKernelLog(reader, coveringFrom(900), {
      ...options,
      since: BOOT + 950_000,
    })
    expect(enough.unknown).toEqual([])
  })

  it('does not tell of a gap where it only hoped to find more', async () => {
    using reader = fakeReader({ programs: { dmesg: { stdout: '1 line\n' } } })
    const hopes = { ...options, since: BOOT - 60_000, neededSince: BOOT + 5_000 }
    expect((await readKernelLog(reader, coveringFrom(0), hopes)).unknown).toEqual([])
  })

  it('reads the newest part of a log that is larger than its budget', async () => {
    using reader = fakeReader({
      files: { 'var/log/messages': '@1 old\n'.repeat(1_000) + '@2 new\n' },
    })
    const reading = await readKernelLog(reader, lines, { ...options, maxBytes: 70 })
    expect(reading.observations).toHaveLength(10)
    expect(reading.observations.at(-1)?.says).toBe('new')
    expect(reading.unknown.join()).toContain('only a part of /var/log/messages')
  })
})

/** As `lines`, and says from when on the log of the ring buffer covers. */
function coveringFrom(bootSeconds: number): StreamFormat {
  return {
    ...lines,
    open(origin) {
      const reader = lines.open(origin)
      return {
        push: (chunk) => reader.push(chunk),
        finish: () => {
          const found = reader.finish()
          if (origin.source !== 'kmsg') return found
          const coverage: Observation = {
            source: 'kmsg',
            at: null,
            says: 'coverage',
            excerpt: '',
            from: origin.from,
            fact: {
              kind: 'kernel-log-coverage',
              lines: 1,
              firstBootSeconds: bootSeconds,
              lastBootSeconds: bootSeconds,
              firstAt: null,
              lastAt: null,
              truncated: false,
            },
          }
          return [coverage, ...found]
        },
      }
    },
  }
}
