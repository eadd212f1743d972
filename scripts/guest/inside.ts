/**
 * Runs in a guest: makes the incidents happen one after the other, asks `stella why` about each while its group is there,
 * and writes bundle and answer to a folder.
 * `node scripts/guest/inside.ts FOLDER [SCENARIO]...`
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exec, must } from '../lib/exec.ts'
import { LAUNCHER } from '../lib/repo.ts'
import { writeBundle } from './bundle.ts'
import { dropGroup } from './lab.ts'
import { SCENARIOS, tidy, type Scenario } from './scenarios.ts'

const [folder = '/out', ...names] = process.argv.slice(2)
const chosen = SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name))
for (const scenario of chosen) await play(scenario, join(folder, scenario.name))

async function play(scenario: Scenario, target: string): Promise<void> {
  const started = Date.now()
  const before = (await kernelLog()).length
  try {
    const exitCode = await scenario.run()
    const log = (await kernelLog()).slice(before)
    writeBundle(join(target, 'bundle'), {
      groups: scenario.groups,
      kernelLog: log.map((line) => `${line}\n`).join(''),
      exitCode,
    })
    const answer = await exec(process.execPath, [
      LAUNCHER,
      'why',
      `cgroup:${scenario.target}`,
      '--json',
    ])
    writeFileSync(join(target, 'answer.json'), JSON.stringify(answer))
  } catch (error) {
    mkdirSync(target, { recursive: true })
    writeFileSync(join(target, 'failed.txt'), String(error))
  } finally {
    for (const group of scenario.groups.toReversed()) await dropGroup(group)
    tidy()
    console.log(`${scenario.name}: ${seconds(started)} s`)
  }
}

async function kernelLog(): Promise<string[]> {
  return (await must('dmesg', [])).split('\n').slice(0, -1)
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 100) / 10
}
