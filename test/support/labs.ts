/** Plays a lab as a learner would, through the command line alone. */
import { execFile } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import type { BackendId } from '../../src/labs/backend-id.ts'
import type { Cheat, Lab } from '../../src/labs/lab.ts'
import { LABS } from '../../src/labs/list.ts'
import { readLab } from '../../src/labs/read-lab.ts'
import { filled } from '../../src/labs/text.ts'
import type { Words } from '../../src/labs/text.ts'
import { stella } from './command-line.ts'
import { run } from './testbed.ts'

export interface Player {
  data: string
  backend: BackendId
  env?: Record<string, string>
}

interface CheckAnswer {
  passed: boolean
  failing: readonly string[]
  text: string
}

export function labOf(id: string): Lab {
  const path = join(REPO, 'labs', id, 'lab.yaml')
  return readLab(readFileSync(path, 'utf8'), path)
}

/** All labs that can be made so. */
export function labsFor(backend: BackendId): readonly string[] {
  return LABS.filter((id) => labOf(id).backends.includes(backend))
}

/** Runs `stella lab …` and gives its JSON document. */
export async function lab(
  { data, env }: Player,
  ...args: string[]
): Promise<{ code: number | null; document: Record<string, unknown>; err: string }> {
  const known = Object.entries({ ...process.env, ...env }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const ran = await stella(['lab', ...args, '--data', data, '--json'], {
    env: Object.fromEntries(known),
  })
  const document: unknown = ran.out === '' ? {} : JSON.parse(ran.out)
  if (typeof document !== 'object' || document === null) throw new Error(ran.out)
  return { code: ran.code, document: { ...document }, err: ran.err }
}

export async function start(player: Player, id: string): Promise<Words> {
  const { code, document, err } = await lab(player, 'start', id, '--backend', player.backend)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const { names } = document
  return Object.fromEntries(Object.entries(names ?? {}))
}

export async function check(player: Player, id: string, ...more: string[]): Promise<CheckAnswer> {
  const { code, document } = await lab(player, 'check', id, ...more)
  const { passed, checks } = document
  expect(passed).toBe(code === 0)
  const results: unknown[] = Array.isArray(checks) ? checks : []
  const failing = results.flatMap((result) =>
    typeof result === 'object' && result !== null && 'ok' in result && 'name' in result
      ? result.ok === true
        ? []
        : String(result.name)
      : [],
  )
  return { passed: passed === true, failing, text: JSON.stringify(checks, null, 1) }
}

/** Unsolved fails, each cheat fails at the check that is meant to see it, and solved passes. Gives what is left of it. */
export async function play(
  player: Player,
  id: string,
  { cheats = () => true }: { cheats?: (cheat: Cheat) => boolean } = {},
): Promise<readonly string[]> {
  const known = labOf(id)
  let words = await start(player, id)
  try {
    expect(await check(player, id, '--for', '1s')).toMatchObject({ passed: false })
    for (const cheat of known.cheats.filter(cheats)) {
      const commands = cheat.run[player.backend]
      if (commands === undefined) continue
      await shell(player, filled(commands, words))
      const judged = await check(player, id, '--for', WATCHED[cheat.fails] ?? '0s')
      expect(judged.failing, `${cheat.name}: ${judged.text}`).toContain(cheat.fails)
      if (!cheat.ruins) continue
      await lab(player, 'stop', id)
      words = await start(player, id)
    }
    await solve(player, id)
  } finally {
    await lab(player, 'stop', id)
  }
  return residueOf(player, id)
}

export async function solve(player: Player, id: string): Promise<void> {
  const solved = await lab(player, 'solve', id, '--apply')
  expect(solved).toMatchObject({ code: 0, err: '' })
  // Long enough for what has to happen again and again, also on a machine that is busy.
  const isSlow = labOf(id).checks.some(({ name }) => name === 'victim' || name === 'forecast')
  const judged = await check(player, id, '--for', isSlow ? '8s' : '4s')
  expect(judged.failing, judged.text).toEqual([])
}

/** Most checks see a cheat at once; these see what happens, or does not, while they look on. */
const WATCHED: Readonly<Record<string, string>> = {
  steady: '4s',
  work: '1s',
  victim: '1s',
  forecast: '5s',
}

/** It does not hold up those who play beside it. */
async function shell(player: Player, commands: string): Promise<void> {
  await promisify(execFile)('sh', ['-euc', stellaFunction(player) + commands], {
    env: { ...process.env, ...player.env },
    timeout: 60_000,
  })
}

function stellaFunction({ data }: Player): string {
  const program = join(REPO, 'bin/stella.js')
  return `export STELLA_DATA='${data}'\nstella() { '${process.execPath}' '${program}' "$@"; }\n`
}

/** Groups, disks, processes, files and containers that bear the name of a lab. */
export function residueOf({ data, backend, env }: Player, id: string): readonly string[] {
  const groups = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory']
    .map((mount) => join(mount, `stella-lab-${id}`))
    .filter((path) => existsSync(path))
  const folder = join(data, 'labs', id)
  const disks = globSync('/sys/block/loop*/loop/backing_file').filter((path) =>
    readFileSync(path, 'utf8').includes(`/stella-lab-${id}.`),
  )
  const processes = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isOf(pid, id))
  const engines =
    backend === 'docker' || backend === 'podman'
      ? [
          ...run([backend, 'ps', '--all', '--quiet', '--filter', `label=stella-lab=${id}`], {
            env: env ?? {},
          }).split('\n'),
          ...run([backend, 'images', '--quiet', 'stella-lab-image'], { env: env ?? {} }).split(
            '\n',
          ),
        ].filter(Boolean)
      : []
  // Of conmon.
  const left = ['oom'].filter((name) => existsSync(name))
  return [
    ...left,
    ...groups,
    ...disks,
    ...(existsSync(folder) ? [folder] : []),
    ...processes,
    ...engines,
  ]
}

function isOf(pid: string, id: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.includes(`lab=stella-lab-${id}`)
  } catch {
    return false
  }
}
