/**
 * `npm run demo`: the kernel really kills a program at a memory limit, `stella why` explains it, and the same program lives
 * with a limit that fits. Where this user cannot have a limit, a recorded kill is replayed, and labelled so.
 * `npm run demo -- docker` (cgroup, docker, podman, systemd, replay) chooses where.
 */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { styleText } from 'node:util'
import { formatBytes } from '../src/model/bytes.ts'
import { errorMessage } from '../src/model/error-message.ts'
import { cgroupArena } from './demo/cgroup.ts'
import { engineArena } from './demo/engine.ts'
import { NEEDED_MIB, type Arena, type Outcome, type Room } from './demo/room.ts'
import { systemdArena } from './demo/systemd.ts'
import { askStella, type Answer } from './demo/stella.ts'
import { must } from './lib/exec.ts'
import { REPO } from './lib/repo.ts'

const TOO_SMALL = 32 * 2 ** 20
const FITS = 160 * 2 ** 20
const RECORDED = join(REPO, 'fixtures/guest/6.1/own-limit')

/** Ways to get a limit that holds, the plainest first. */
const ARENAS: readonly Arena[] = [
  cgroupArena,
  engineArena('docker'),
  engineArena('podman'),
  systemdArena,
]

const rooms: Promise<Room>[] = []
let ending = false

try {
  await buildIfMissing()
  process.exitCode = await Promise.race([earlyEnd(), demo()])
} finally {
  ending = true
  await closeRooms()
}
process.exit()

/** Whatever ends the demo early, the reader's `| head` too, the rooms are taken away first. */
function earlyEnd(): Promise<number> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve(130))
    process.on('SIGTERM', () => resolve(143))
    // Nobody reads any more; each further line is refused anew.
    process.stdout.on('error', () => resolve(141))
  })
}

async function demo(): Promise<number> {
  console.log(styleText('bold', 'stella demo: why did it die?'))
  const small = await firstRoom(TOO_SMALL)
  const went =
    small === null ? await replay() : (await kill(small.room)) && (await fit(small.arena))
  return went ? 0 : 1
}

async function kill(room: Room): Promise<boolean> {
  heading(1, `A limit of ${formatBytes(room.limitBytes)}`)
  showRoom(room)
  heading(2, `A program that needs about ${NEEDED_MIB} MiB`)
  command(room.runs)
  const outcome = await unlessEnding(room.start())
  console.log(`  ${describe(outcome)}`)
  if (outcome.kind === 'alive') return failed('the program should not fit into this limit')

  heading(3, 'Why?')
  const answer = await why(room.target)
  if (answer.code !== 'oom-own-limit')
    return failed(`the kernel killed it at its own limit, and stella said ${answer.code}`)
  await unlessEnding(room.close())
  return true
}

async function fit(arena: Arena): Promise<boolean> {
  const room = await openRoom(arena, FITS)
  heading(4, `The same program with a limit that fits: ${formatBytes(room.limitBytes)}`)
  showRoom(room)
  command(room.runs)
  const outcome = await unlessEnding(room.start())
  console.log(`  ${describe(outcome)}`)
  if (outcome.kind === 'ended') return failed('the program should live with this limit')

  heading(5, 'Does it hold?')
  const answer = await why(room.target)
  if (answer.code !== 'healthy') return failed(`the program lives, and stella said ${answer.code}`)
  console.log(
    styleText(
      'green',
      '\nDone: killed at 32 MiB, explained, and alive with 160 MiB. All of it is cleaned up.',
    ),
  )
  return true
}

/** What a user sees who may not set a limit anywhere. */
async function replay(): Promise<boolean> {
  heading(1, 'Replay: not a kill on this machine, but a recorded one')
  const shown = relative(process.cwd(), RECORDED) || '.'
  console.log(
    `  Kernel 6.1, cgroup v2, a group of 32 MiB and a program that needs 110 MiB: ${shown}`,
  )
  heading(2, 'Why?')
  const answer = await why('--from', shown)
  if (answer.code !== 'oom-own-limit') return failed(`stella said ${answer.code}`)
  console.log(
    '\nThis was a replay. Run the demo as root, or where Docker or Podman answers, to see a real kill.',
  )
  return true
}

function chosenArenas(): readonly Arena[] {
  const id = process.argv[2]
  if (id === undefined) return ARENAS
  const chosen = ARENAS.filter((arena) => arena.id === id)
  if (chosen.length > 0 || id === 'replay') return chosen
  console.error(
    `demo: no such place: ${id}; there are ${ARENAS.map((arena) => arena.id).join(', ')}, replay`,
  )
  process.exit(2)
}

async function firstRoom(limitBytes: number): Promise<{ arena: Arena; room: Room } | null> {
  for (const arena of chosenArenas()) {
    const reason = await unlessEnding(arena.whyNot())
    if (reason !== null) {
      console.log(styleText('dim', `  not in ${arena.name}: ${reason}`))
      continue
    }
    try {
      const room = await openRoom(arena, limitBytes)
      console.log(`  in ${arena.name}, which is thrown away afterwards`)
      return { arena, room }
    } catch (error) {
      const [what] = errorMessage(error).split('\n')
      console.log(styleText('dim', `  not in ${arena.name}: ${what}`))
    }
  }
  return null
}

async function openRoom(arena: Arena, limitBytes: number): Promise<Room> {
  const name = `stella-demo-${process.pid}-${limitBytes / 2 ** 20}m`
  const room = arena.open(name, limitBytes)
  rooms.push(room)
  return unlessEnding(room)
}

/** Those that are still being opened too. */
async function closeRooms(): Promise<void> {
  for (const opened of await Promise.allSettled(rooms.splice(0)))
    if (opened.status === 'fulfilled') await opened.value.close()
}

async function why(...args: string[]): Promise<Answer> {
  command(`stella why ${args.join(' ')}`)
  return unlessEnding(askStella(args))
}

/** Goes no further once the demo ends: what would come next speaks of rooms that are taken away. */
async function unlessEnding<T>(work: Promise<T>): Promise<T> {
  const done = await work
  return ending ? new Promise<never>(() => {}) : done
}

async function buildIfMissing(): Promise<void> {
  if (existsSync(join(REPO, 'dist/cli.js'))) return
  console.log(styleText('dim', 'building dist (once) …'))
  await must('npm', ['run', 'build'], { cwd: REPO })
}

function showRoom(room: Room): void {
  for (const line of room.made) command(line)
  console.log(`  ${room.limitBytes}`)
}

function describe(outcome: Outcome): string {
  if (outcome.kind === 'alive') return 'it has all the memory it wants, and lives'
  const signal = outcome.exitCode === 137 ? ': SIGKILL, and nobody says why' : ''
  return `it is dead, exit code ${outcome.exitCode}${signal}`
}

function heading(number: number, text: string): void {
  console.log(`\n${styleText(['bold', 'cyan'], `${number}. ${text}`)}`)
}

function command(text: string): void {
  console.log(styleText('dim', wrapped(`  $ ${text}`)))
}

/** Long commands go on in further lines, as a shell would take them. */
function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(/ (?=-|stella-demo |\/)/)) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + word.length > 90) lines.push(`      ${word}`)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(' \\\n')
}

function failed(what: string): boolean {
  console.error(styleText('red', `\nThe demo did not go as it should: ${what}.`))
  return false
}
