/**
 * Records fixtures/guest again: boots each kernel, makes every scenario happen, and keeps what an investigator would find.
 * `node scripts/guest/record.ts [KERNEL]...`
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { REPO } from '../lib/repo.ts'
import { whyNoGuest } from './guest.ts'
import { KERNELS, type KernelName } from './kernels.ts'
import { playScenarios } from './play.ts'

const FIXTURES = join(REPO, 'fixtures/guest')
/** A group where nobody can be killed writes thousands of lines: the first whole reports tell it all. */
const MAX_LOG_LINES = 300

const reason = whyNoGuest()
if (reason !== null) {
  console.error(reason)
  process.exit(3)
}
const wanted = process.argv.slice(2)
for (const { name } of KERNELS) if (wanted.length === 0 || wanted.includes(name)) await record(name)

async function record(kernel: KernelName): Promise<void> {
  const output = mkdtempSync(join(tmpdir(), 'stella-record-'))
  const { version, played } = await playScenarios(kernel, output)
  const folder = join(FIXTURES, kernel)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { scenario, bundle, failure } of played) {
    if (failure !== null) throw new Error(`${scenario.name}: ${failure}`)
    const target = join(folder, scenario.name)
    cpSync(bundle, target, { recursive: true })
    cutLog(join(target, 'kernel.log'))
  }
  writeFileSync(join(folder, 'KERNEL'), `${version}\n`)
  rmSync(output, { recursive: true })
  console.log(`${folder}: ${played.length} scenarios on ${version}`)
}

function cutLog(path: string): void {
  let log: string
  try {
    log = readFileSync(path, 'utf8')
  } catch {
    return
  }
  const lines = log.split('\n')
  if (lines.length <= MAX_LOG_LINES) return
  const kept = lines.slice(0, MAX_LOG_LINES)
  const lastReport = kept.findLastIndex((line) => line.includes('invoked oom-killer'))
  writeFileSync(path, `${kept.slice(0, lastReport).join('\n')}\n`)
}
