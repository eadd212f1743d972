import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { sampleCase } from '../../../test/support/sample-case.ts'
import { until } from '../../../test/support/testbed.ts'
import { openCaseJournal } from '../../store/cases.ts'
import type { CaseJournal, JournalEntry } from '../../store/cases.ts'
import { startSender } from './sender.ts'
import type { Sender, SenderOptions } from './sender.ts'

interface Sent {
  kind: string
  incident?: string
  says?: string
}

/** What the server does with a delivery; 'take' is what `stella serve` does. */
type Answer = 'take' | ((response: ServerResponse) => void)

const status =
  (code: number, body = '') =>
  (response: ServerResponse): void =>
    void response.writeHead(code).end(body)

let folder = ''
let server: Server
let url = new URL('http://127.0.0.1/')
/** All that was taken, each as often as it came. */
let taken: Sent[] = []
let requests: { token: string | undefined; bytes: number }[] = []
let answer: (bytes: number) => Answer = () => 'take'
let senders: Sender[] = []
let journal: CaseJournal
let told: (string | null)[] = []
let lost: string[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-sender-'))
  taken = []
  requests = []
  told = []
  lost = []
  answer = () => 'take'
  journal = openCaseJournal(folder, { now: () => Date.now() })
  server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      requests.push({ token: request.headers.authorization, bytes: text.length })
      const { entries }: { entries: Sent[] } = JSON.parse(text)
      const does = answer(text.length)
      if (does !== 'take') return does(response)
      taken.push(...entries)
      response.end(
        JSON.stringify({ schema: 'stella.taken/1', taken: entries.length, refused: 0, more: 1 }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = new URL(`http://127.0.0.1:${portOf(server.address())}/`)
})
afterEach(async () => {
  for (const sender of senders) await sender.stop(0)
  senders = []
  journal.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

function start(change: Partial<SenderOptions> = {}): Sender {
  const sender = startSender({
    url,
    token: 'a-token-of-the-test',
    host: { id: 'h1', name: 'one' },
    dataFolder: folder,
    onTrouble: (why) => told.push(why),
    onLost: (says) => lost.push(says),
    ...change,
  })
  senders.push(sender)
  return sender
}

let clock = Date.UTC(2026, 10, 21)
const kill = (incident: string, at = (clock += 1_000)): JournalEntry => ({
  kind: 'case',
  at,
  incident,
  revision: 1,
  case: sampleCase({ id: `c_${incident}` }),
})

/** What the watch does with what it finds. */
function record(sender: Sender | null, entries: readonly JournalEntry[]): void {
  journal.append(entries)
  for (const entry of entries) sender?.put(entry)
}

const names = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${at}`)
const arrived = (): Set<string> => new Set(taken.flatMap(({ incident }) => incident ?? []))
const allOf = (expected: readonly string[]) => (): boolean => {
  const there = arrived()
  return expected.every((name) => there.has(name))
}

describe('what a host sends', () => {
  it('is what its journal holds, and what comes after, each once where nothing fails', async () => {
    record(
      null,
      names(3, 'before').map((name) => kill(name)),
    )
    const sender = start()
    await until('the earlier ones', allOf(names(3, 'before')))
    for (const name of names(3, 'after')) record(sender, [kill(name)])
    await until('the later ones', allOf(names(3, 'after')))
    await sender.stop(1_000)
    expect(taken.map(({ incident }) => incident)).toEqual([
      ...names(3, 'before'),
      ...names(3, 'after'),
    ])
    expect(requests.every(({ token }) => token === 'Bearer a-token-of-the-test')).toBe(true)
    expect([told, lost]).toEqual([[], []])
  })

  it('goes on where the last one ended, whatever the clock says', async () => {
    const first = start()
    record(first, [kill('ahead', clock + 10 * 365 * 86_400_000)])
    await until('the one of a wrong clock', allOf(['ahead']))
    await first.stop(1_000)
    record(null, [kill('right')])
    start()
    await until('the one of the right clock', allOf(['right']))
    expect(taken.map(({ incident }) => incident)).toEqual(['ahead', 'right'])
  })

  it('is sent whole to another server', async () => {
    record(null, [kill('a')])
    await until('the first server', () => {
      if (senders.length === 0) start()
      return arrived().has('a')
    })
    await senders[0]?.stop(1_000)
    start({ url: new URL('/elsewhere/', url) })
    await until('the second server', () => taken.length === 2)
    expect(taken.map(({ incident }) => incident)).toEqual(['a', 'a'])
  })

  it('holds the last words of a watch that ends', async () => {
    const sender = start()
    const says = 'the watch ended'
    record(sender, [{ kind: 'watch', at: clock, what: 'stopped', source: null, says }])
    await sender.stop(5_000)
    expect(taken.map((entry) => entry.says)).toEqual([says])
  })

  it('leaves out what was imported from elsewhere', async () => {
    const imports = openCaseJournal(folder, { now: () => clock, lane: 'import' })
    imports.append([kill('imported')])
    imports.close()
    record(null, [kill('own')])
    const sender = start()
    await until('its own', allOf(['own']))
    await sender.stop(1_000)
    expect(arrived()).toEqual(new Set(['own']))
  })
})

describe('a server that does not take it', () => {
  const troubles: [string, Answer, RegExp][] = [
    ['fails', status(500), /answered with status 500/],
    ['does not know the token', status(401), /does not know this token/],
    ['is another program', status(404, '<html>'), /there is no 'stella serve' at this address/],
    ['has a login page before it', status(200, '<html>Welcome'), /is no 'stella serve'/],
    ['answers with something', status(200, '{"schema":"stella.taken/2"}'), /is no 'stella serve'/],
    ['answers nothing', status(200), /is no 'stella serve'/],
    [
      'is somewhere else',
      (response) => void response.writeHead(302, { location: 'https://example.com/' }).end(),
      /is somewhere else \(status 302\)/,
    ],
    ['hangs up', (response) => void response.socket?.destroy(), /cannot be reached \(\w+\)/],
    ['says nothing', () => undefined, /did not answer in time/],
    [
      'never ends its answer',
      (response) => {
        response.writeHead(200)
        response.write('x'.repeat(200_000))
      },
      /is no 'stella serve'/,
    ],
  ]
  it.each(troubles)('that %s is told, and gets everything later', async (_, does, says) => {
    answer = () => does
    const sender = start({ timeoutMs: 500 })
    record(sender, [kill('a')])
    await until('the trouble is told', () => told.length > 0)
    record(sender, [kill('b')])
    expect(told).toEqual([expect.stringMatching(says)])
    expect(arrived()).toEqual(new Set())
    answer = () => 'take'
    await until('both', allOf(['a', 'b']))
    await until('the end of the trouble is told', () => told.at(-1) === null)
    expect(lost).toEqual([])
  })

  it('is not told of as long as nothing has to be sent, and is told once', async () => {
    await new Promise((resolve) => server.close(resolve))
    const sender = start()
    record(sender, [kill('a')])
    await until('two tries', () => told.length > 0)
    await sender.stop(1_000)
    expect(told).toEqual([expect.stringMatching(/cannot be reached \(ECONNREFUSED\)/)])
  })

  it('gets more than memory holds from the journal, also from the next process', async () => {
    answer = () => status(503)
    const first = start()
    const all = names(1_500, 'many')
    for (const name of all) record(first, [kill(name)])
    await until('the trouble is told', () => told.length > 0)
    await first.stop(0)
    answer = () => 'take'
    start()
    await until('all', allOf(all))
    expect(lost).toEqual([])
  })

  it('gets pieces that a proxy lets through, and the rest where one entry is too large', async () => {
    const large = { ...kill('large'), case: sampleCase({ unknown: ['x'.repeat(300_000)] }) }
    const most = 200_000
    answer = (bytes) => (bytes > most ? status(413) : 'take')
    record(null, [...names(60, 'small').map((name) => kill(name)), large, kill('last')])
    start()
    await until('all but one', allOf([...names(60, 'small'), 'last']))
    expect(arrived().has('large')).toBe(false)
    expect(lost).toEqual(['an entry is larger than the server, or a proxy before it, takes'])
    expect(Math.max(...requests.map(({ bytes }) => bytes))).toBeLessThan(1_048_576)
  })

  it('is told of entries that an earlier version does not understand', async () => {
    answer = () => status(200, '{"schema":"stella.taken/1","taken":0,"refused":2}')
    record(null, [kill('a'), kill('b')])
    start()
    await until('it is told', () => lost.length > 0)
    expect(lost).toEqual(['the server does not understand 2 entries'])
  })
})

describe('a journal that cannot keep everything', () => {
  it('tells what was dropped before it was sent, and what is left arrives', async () => {
    journal.close()
    journal = openCaseJournal(folder, { now: () => clock, maxBytes: 256 * 1_024 })
    answer = () => status(500)
    const first = start()
    record(first, [kill('first')])
    await until('the trouble', () => told.length > 0)
    await first.stop(0)
    const many = names(400, 'many')
    for (const name of many) record(null, [kill(name)])
    answer = () => 'take'
    start()
    await until('the newest', allOf(['many-399']))
    expect(lost).toEqual([
      'entries were dropped from the journal, which was full, before the server took them',
    ])
    const there = [...arrived()]
    expect(there).toEqual(many.slice(-there.length))
  })

  it('tells nothing where all that was dropped had been sent', async () => {
    journal.close()
    journal = openCaseJournal(folder, { now: () => clock, maxBytes: 256 * 1_024 })
    const sender = start()
    const many = names(400, 'many')
    for (let at = 0; at < 400; at += 20) {
      record(
        sender,
        many.slice(at, at + 20).map((name) => kill(name)),
      )
      await until(`${at}`, () => taken.at(-1)?.incident === many[at + 19])
    }
    expect(lost).toEqual([])
    expect(arrived().size).toBe(400)
  })

  it('sends what waited while the disk was full, now and when there is room', async () => {
    const sender = start()
    record(sender, [kill('before')])
    await until('the first', allOf(['before']))
    // Not written down: the disk is full.
    const waiting = kill('not-on-the-disk')
    sender.put(waiting)
    await until('the one in memory', allOf(['not-on-the-disk']))
    answer = () => status(500)
    const more = kill('while-both-are-away')
    sender.put(more)
    await until('the trouble', () => told.length > 0)
    answer = () => 'take'
    const says = 'the journal is written again'
    record(null, [waiting, more])
    record(sender, [{ kind: 'watch', at: clock, what: 'sees', source: 'journal', says }])
    await until('the one that waited', allOf(['while-both-are-away']))
    expect(lost).toEqual([])
  })

  it('begins anew where its mark is damaged, or of another journal', async () => {
    record(null, [kill('a')])
    const first = start()
    await until('the first time', allOf(['a']))
    await first.stop(1_000)
    const mark = join(folder, 'cases/sent.json')
    const kept = JSON.parse(readFileSync(mark, 'utf8'))
    for (const text of ['', '{', '{"server":7}', JSON.stringify({ ...kept, segment: 900 })]) {
      taken = []
      writeFileSync(mark, text)
      const sender = start()
      await until(`after ${text}`, allOf(['a']))
      await sender.stop(1_000)
    }
    expect(lost).toEqual([])
  })
})

it('loses nothing whatever the server does, and whenever the sender is started again', async () => {
  const answers = fc.constantFrom<Answer>(
    'take',
    status(500),
    status(200, 'welcome'),
    (response) => void response.socket?.destroy(),
  )
  const step = fc.oneof(
    fc.record({ kind: fc.constant('kills' as const), count: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('answers' as const), does: answers }),
    fc.record({ kind: fc.constant('restart' as const) }),
    fc.record({ kind: fc.constant('wait' as const) }),
  )
  let round = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const all: string[] = []
      taken = []
      answer = () => 'take'
      round++
      let sender = start()
      for (const one of steps) {
        if (one.kind === 'answers') answer = () => one.does
        if (one.kind === 'restart') {
          await sender.stop(0)
          sender = start()
        }
        if (one.kind === 'wait') await new Promise((resolve) => setTimeout(resolve, 10))
        if (one.kind !== 'kills') continue
        const some = names(one.count, `${round}-${all.length}`)
        record(
          sender,
          some.map((name) => kill(name)),
        )
        all.push(...some)
      }
      answer = () => 'take'
      await until('all', allOf(all))
      await sender.stop(0)
      expect(lost).toEqual([])
    }),
    { numRuns: 15 },
  )
})
