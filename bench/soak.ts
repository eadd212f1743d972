/**
 * Hours under faults: `node bench/soak.ts [--minutes 105] [--folder DIR]`
 * Runs the built `stella watch`, `stella serve` (embedded database), `stella serve` as a scanner on a PostgreSQL server and `stella scanner
 * workers run` beside it, while processes and containers die of memory, the engine and the database are started again, webhooks refuse and
 * hang, pages come and go, agents deliver, somebody sends garbage, and workers are killed. Every half a minute the memory, files, threads and
 * disk of each process are written down. At the end every kill has to be a case once, every job has to have ended once, and nothing may
 * have grown; `--samples FILE` prints the table of an earlier one. Needs root, Docker, PostgreSQL, a C compiler and a built stella; all else
 * is its own, and is removed again.
 */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readArguments } from '../scripts/lib/arguments.ts'
import { testbedFolder } from '../test/support/testbed.ts'
import { machineLine } from './scan/machine.ts'
import { attack, deliver, visit } from './soak/callers.ts'
import { openCast } from './soak/cast.ts'
import { openJobs, WORKER_LIMIT } from './soak/jobs.ts'
import { openKiller } from './soak/kills.ts'
import { openLanes } from './soak/lanes.ts'
import { openReceiver } from './soak/receiver.ts'
import { tableOf } from './soak/table.ts'
import type { Sample } from './soak/table.ts'
import { openTold } from './soak/told.ts'

const MINUTE_MS = 60_000
/** As `--keep` of the server says. */
const KEPT_MS = 60 * MINUTE_MS
/** What starts is not steady yet. */
const LEAST_MINUTES = 30
const PATIENCE_MS = 3 * MINUTE_MS

const { values } = readArguments({
  options: {
    minutes: { type: 'string', default: '105' },
    folder: { type: 'string' },
    samples: { type: 'string' },
  },
})
const minutes = Number(values.minutes)
if (!(minutes > 0)) {
  process.stderr.write(`--minutes is a number above 0, and not '${values.minutes}'\n`)
  process.exit(2)
}
const wholeMs = minutes * MINUTE_MS
const WARM_UP_MS = Math.min(10 * MINUTE_MS, wholeMs / 6)
const SAMPLE_MS = Math.min(30_000, wholeMs / 30)

if (values.samples !== undefined) {
  say(tableOf(readSamples(values.samples), WARM_UP_MS).text)
  process.exit(0)
}

if (values.folder !== undefined) mkdirSync(values.folder, { recursive: true })
const folder = values.folder ?? mkdtempSync(join(testbedFolder('bench'), 'soak-'))
/** Ends what was begun, the last first; gives what did not end as it should. */
const endings: (() => Promise<readonly string[] | void>)[] = []
const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort())
try {
  process.exitCode = (await soak()) ? 0 : 1
} finally {
  await end()
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true })
}

async function end(): Promise<string[]> {
  const faults: string[] = []
  for (const each of endings.splice(0).toReversed()) {
    faults.push(...((await each().catch((error: unknown) => [String(error)])) ?? []))
  }
  return faults
}

async function soak(): Promise<boolean> {
  say(`${minutes} minutes; ${machineLine()}`)
  const killer = await openKiller()
  endings.push(() => killer.end())
  const receiver = await openReceiver()
  endings.push(() => receiver.goAway())
  const cast = await openCast({
    folder,
    engineSocket: killer.engineSocket,
    webhook: receiver.url,
    workerLimit: WORKER_LIMIT,
  })
  endings.push(() => cast.end())
  const { serveUrl } = cast
  const images = mkdtempSync(join(folder, 'images-'))
  const lines = [
    await openJobs(join(images, 'embedded'), () => serveUrl),
    await openJobs(join(images, 'postgresql'), cast.scannerUrl),
  ] as const
  const told = openTold()
  const samples = join(folder, 'samples.jsonl')

  const looks = openLanes()
  looks.every('look at jobs', SAMPLE_MS, async () => {
    for (const line of lines) await line.look()
  })
  looks.every('look at cases', SAMPLE_MS, () => told.look(serveUrl))
  const lanes = openLanes()
  lanes.every('sample', SAMPLE_MS, () => {
    for (const sample of cast.samples()) appendFileSync(samples, `${JSON.stringify(sample)}\n`)
  })
  for (const [lane, ms] of [2_000, 3_000, 5_000].entries()) {
    lanes.every('visit', ms, (round) => visit(serveUrl, round + lane))
  }
  lanes.every('kill', 20_000, () => killer.next())
  lanes.every('delivery', 4_000, (round) => deliver(serveUrl, round, KEPT_MS))
  lanes.every('attack', 6_000, (round) => attack(serveUrl, round))
  lanes.every('job on the embedded database', 20_000, (round) => lines[0].submit(round))
  lanes.every('job on PostgreSQL', 6_000, (round) => lines[1].submit(round))
  lanes.later('worker killed', share(60), (round) => cast.killWorker(round))
  lanes.later('receiver gone or back', share(20), (round) =>
    round % 2 === 0 ? receiver.goAway() : receiver.comeBack(),
  )
  lanes.later('engine started again', share(14), () => killer.restartEngine())
  lanes.later('server started again', share(4.2), () => cast.restartScanner())
  lanes.later('database started again', share(3.3), () =>
    cast.restartDatabase(Math.min(10_000, wholeMs / 60)),
  )

  await pause(wholeMs, undefined, { signal: stopped.signal }).catch(() => undefined)
  await lanes.end()
  const patience = Date.now() + PATIENCE_MS
  while (Date.now() < patience && lines.some((line) => line.faults().length > 0)) {
    await pause(1_000)
  }
  // What is told last arrives a moment later, and is looked at once more.
  await pause(2 * SAMPLE_MS)
  await looks.end()
  const faults = [
    ...(await told.faults(killer.kills, cast.watchData)),
    ...lines.flatMap((line) => line.faults()),
    ...(await end()),
  ]

  const { text, isFlat } = tableOf(readSamples(samples), WARM_UP_MS)
  say(
    `done: ${counted([...lanes.done].flatMap(([name, count]) => Array<string>(count).fill(name)))}`,
  )
  say(
    `kills: ${counted(killer.kills.map(({ kind }) => kind))}; ${receiver.told} calls of the webhook`,
  )
  for (const [at, database] of ['the embedded database', 'PostgreSQL'].entries()) {
    const ended = [...(lines[at]?.jobs.values() ?? [])].flatMap((job) => job ?? [])
    const attempts = ended.flatMap((job) => job.attempts.map(({ outcome }) => outcome ?? 'open'))
    say(
      `jobs on ${database}: ${counted(ended.map(({ state }) => state))}; attempts: ${counted(attempts)}`,
    )
  }
  for (const [trouble, count] of [...lanes.troubles, ...looks.troubles]) {
    say(`${count} times: ${trouble}`)
  }
  for (const fault of faults) say(`wrong: ${fault}`)
  say(text)
  say(
    `bar: each kill is a case once, each job ends once: ${faults.length === 0 ? 'held' : 'missed'}`,
  )
  const isJudged = minutes >= LEAST_MINUTES
  say(isJudged ? `bar: flat: ${isFlat ? 'held' : 'missed'}` : 'too short to say what grows')
  return (isFlat || !isJudged) && faults.length === 0
}

/** So many times within the whole. */
function share(count: number): number {
  return wholeMs / count
}

function readSamples(file: string): Sample[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ')
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
