/**
 * Runs in a guest: makes the incidents happen one after the other, asks `stella why` about each while its group is there,
 * and writes bundle and answer to a folder.
 * `node scripts/guest/inside.ts FOLDER KERNEL [SCENARIO]...`
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { exec, must } from '../lib/exec.ts'
import { LAUNCHER } from '../lib/repo.ts'
import type { Said } from '../../test/support/captured-io.ts'
import { call } from './call.ts'
import { writeBundle } from './bundle.ts'
import { dropGroup } from './lab.ts'
import { KERNELS } from './kernels.ts'
import type { Scenario } from './scenario.ts'
import { scenariosOf } from './scenarios.ts'

/** An answer that takes longer is none: some scenarios go on writing to the kernel log. */
const ANSWER_MS = 90_000
const LEFT_BEHIND = ['/dev/shm/stella-fill', '/scratch-file']

let isAsked = false
const [folder = '/out', kernel, ...names] = process.argv.slice(2)
const found = KERNELS.find(({ name }) => name === kernel)
if (found === undefined) throw new Error(`no such kernel: ${kernel}`)
for (const scenario of scenariosOf(found.name))
  if (names.length === 0 || names.includes(scenario.name))
    await play(scenario, join(folder, scenario.name))
// Daemons that scenarios started hold this process.
process.exit(0)

async function play(scenario: Scenario, target: string): Promise<void> {
  const started = Date.now()
  const before = (await kernelLog()).length
  try {
    const happened = await scenario.run()
    const log = (await kernelLog()).slice(before)
    writeBundle(join(target, 'bundle'), {
      groups: scenario.groups,
      kernelLog: log.map((line) => `${line}\n`).join(''),
      ...happened,
    })
    const answer = await askWhy(scenario.target)
    writeFileSync(join(target, 'answer.json'), JSON.stringify(answer))
  } catch (error) {
    mkdirSync(target, { recursive: true })
    writeFileSync(join(target, 'failed.txt'), String(error))
  } finally {
    for (const group of scenario.groups.toReversed()) await dropGroup(group)
    for (const file of LEFT_BEHIND) rmSync(file, { force: true })
    console.log(`${scenario.name}: ${seconds(started)} s`)
  }
}

/** The first one as anybody does, by the program as it is built. */
async function askWhy(target: string): Promise<Said> {
  const words = ['why', target, '--json']
  if (!isAsked) {
    isAsked = true
    const { exitCode, stdout, stderr } = await exec(process.execPath, [LAUNCHER, ...words], {
      timeoutMs: ANSWER_MS,
    })
    return { code: exitCode, out: stdout, err: stderr }
  }
  const none = pause(ANSWER_MS, null, { ref: false })
  const said = await Promise.race([call(...words), none])
  if (said === null) throw new Error(`no answer within ${ANSWER_MS} ms`)
  return said
}

/** Through syslog(2), which takes one look: reading /dev/kmsg does not end while a scenario goes on writing. */
async function kernelLog(): Promise<string[]> {
  return (await must('dmesg', ['-S'])).split('\n').slice(0, -1)
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 100) / 10
}
