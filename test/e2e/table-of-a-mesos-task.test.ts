/** What the table of a kernel before 4.17 tells of a task of Mesos: its limit is 64 MiB, and its program never touched what it asked for. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { PLAIN } from '../../src/cli/render/paint.ts'
import { textReport } from '../../src/cli/render/text.ts'
import { investigate } from '../../src/investigate/investigate.ts'
import type { Case } from '../../src/model/case.ts'
import { markdownReport } from '../../src/report/markdown.ts'
import { readFiles } from '../../src/sources/files/index.ts'
import { stella } from '../support/command-line.ts'
import { sampleCase } from '../support/sample-case.ts'

const LOG = join(REPO, 'labs/app-oom/files/kernel.log')

async function killedTask(): Promise<Case> {
  const [found] = investigate(await readFiles([LOG]), null, { all: true })
  if (found === undefined) throw new Error('the log holds no kill')
  return found
}

function textOf(found: Case): string {
  const text = textReport([found], [], { width: 100, paint: PLAIN, quiet: false })
  return text.replace(/\s+/g, ' ')
}

const ASKED =
  'oomApp had asked for 4.36 GiB of address space (total-vm) and held 57.6 MiB of it: only what is touched is charged'
const TOGETHER = 'the 4 processes are resident with 151 MiB together, more than the limit'

test('what was asked for and what was held are told apart, and a sum above the limit is explained', async () => {
  const found = await killedTask()
  expect(found.binding.limitBytes).toBe(64 * 1024 ** 2)
  expect(found.processes.map(({ name }) => name)).toEqual([
    'mesos-container',
    'mesos-executor',
    'sh',
    'oomApp',
  ])
  for (const says of [ASKED, TOGETHER]) {
    expect(textOf(found)).toContain(says)
    expect(markdownReport([found], []).replaceAll('\\', '')).toContain(says)
  }
})

test('a program that held most of what it asked for, within the limit, needs no such word', () => {
  expect(textOf(sampleCase())).not.toMatch(/asked for|together/)
})

test('the score that the kernel printed is recomputed from the table, and shows what it was measured by', async () => {
  const { code, out } = await stella(['simulate', 'oom', '--from', LOG, '--json'], {
    engine: { readFiles },
  })
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    victim: { pid: 16883, name: 'oomApp', badness: 877 },
    totalBytes: 64 * 1024 ** 2,
    killed: [{ pid: 16883 }],
    unknown: [],
  })
})

test('a score that is not that of the limit alone shows nothing', async () => {
  const log = readFileSync(LOG, 'utf8').replace('score 877', 'score 400')
  const { out } = await stella(['simulate', 'oom', '--from', '-', '--json'], {
    engine: { readFiles },
    stdin: log,
  })
  expect(JSON.parse(out)).toMatchObject({ victim: { badness: null }, totalBytes: null })
})
