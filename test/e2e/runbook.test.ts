import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { runbooks } from '../support/runbooks.ts'
import { stella } from '../support/command-line.ts'

const SEED = fileURLToPath(
  new URL('../../../shared/seeds/000_4adce4e7de7f887e.txt', import.meta.url),
)
const IMAGE = ['--param', 'image=registry:debian:12']
const OWN = runbooks().map(({ id }) => id)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-runbooks-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(text: string): string {
  const path = join(folder, 'a.md')
  writeFileSync(path, text)
  return path
}

const Document = z.looseObject({
  title: z.optional(z.nullable(z.string())),
  hash: z.optional(z.string()),
  runbooks: z.array(z.looseObject({ id: z.string() })).default([]),
  missing: z.array(z.looseObject({ name: z.string() })).default([]),
  plan: z.array(z.looseObject({ run: z.string(), refused: z.nullable(z.string()) })).default([]),
  findings: z
    .array(z.looseObject({ rule: z.string(), line: z.number(), message: z.string() }))
    .default([]),
})

const Tested = z.object({
  runbooks: z.array(
    z.object({
      id: z.string(),
      tests: z.array(z.object({ name: z.string(), failures: z.array(z.string()) })),
      coverage: z.array(z.object({ step: z.string(), notGone: z.array(z.string()) })),
    }),
  ),
})

async function json(
  ...args: readonly string[]
): Promise<{ code: number; document: z.infer<typeof Document> }> {
  const { code, out } = await stella(['runbook', ...args, '--json'])
  return { code, document: Document.parse(JSON.parse(out)) }
}

describe('runbooks that come along', () => {
  it('are listed, and each can be shown, linted and planned', async () => {
    const { document } = await json('list')
    expect(document.runbooks.map(({ id }) => id)).toEqual(OWN.toSorted())
    // Of the day on which somebody looked at the last of them.
    const now = Math.max(...runbooks().map(({ updated }) => Date.parse(updated)))
    expect((await stella(['runbook', 'lint'], { now })).out).toBe(
      `Nothing is wrong in ${OWN.length} runbooks\n`,
    )
    for (const id of OWN) {
      expect((await json('show', id)).document).toMatchObject({ schema: 'stella.runbook/1', id })
      const { code, document: plan } = await json('run', id, '--dry-run')
      expect(code).toBe(0)
      expect(plan.plan.filter(({ refused }) => refused !== null)).toEqual([])
    }
  })
})

describe('tests of the runbooks that come along', () => {
  it('hold, and go every way through them', async () => {
    const { code, out } = await stella(['runbook', 'test', '--json'])
    const { runbooks: tested } = Tested.parse(JSON.parse(out))
    const failed = tested.flatMap(({ id, tests }) =>
      tests.flatMap(({ name, failures }) => failures.map((says) => `${id}: ${name}: ${says}`)),
    )
    expect({ code, failed }).toEqual({ code: 0, failed: [] })
    expect(tested.filter(({ tests }) => tests.length === 0).map(({ id }) => id)).toEqual([])
    const open = tested.flatMap(({ id, coverage }) =>
      coverage.flatMap(({ step, notGone }) => notGone.map((way) => `${id}: ${step}: ${way}`)),
    )
    expect(open).toEqual([])
  })
})

describe('the plan of a run', () => {
  it('has each step with what it would do, with its parameters filled in', async () => {
    const { document } = await json('run', 'scanner-oom', '--dry-run', ...IMAGE)
    expect(document).toMatchObject({
      schema: 'stella.runbook/1',
      title: 'A scanner worker runs out of memory',
      params: { image: 'registry:debian:12' },
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
    expect(document.missing.map(({ name }) => name)).toContain('job')
    expect(document.plan).toContainEqual(
      expect.objectContaining({
        id: 'size',
        phase: 'quick-checks',
        kind: 'check',
        run: 'stella image inspect registry:debian:12 --format json',
        changes: false,
      }),
    )
    expect(document.plan).toContainEqual(
      expect.objectContaining({ id: 'raise', phase: 'mitigation', kind: 'change', changes: true }),
    )
  })

  it('has another hash where anything of it is different, and the same where nothing is', async () => {
    const hash = async (...args: readonly string[]): Promise<string | undefined> =>
      (await json('run', 'scanner-oom', '--dry-run', ...args)).document.hash
    expect(await hash(...IMAGE)).toBe(await hash(...IMAGE))
    expect(await hash(...IMAGE)).not.toBe(await hash())
  })

  it.each([
    ['image=; rm -rf /', "--param image: '; rm -rf /' is no image"],
    ['image=--output=/etc/passwd', "--param image: '--output=/etc/passwd' is no image"],
    ['image=$(reboot)', "--param image: '$(reboot)' is no image"],
    ['image=a\nb', '--param image: '],
    ['nobody=1', "--param: this runbook has no parameter 'nobody'"],
    ['image', "--param: 'image' is no parameter"],
  ])('takes no %s', async (param, says) => {
    const { code, err } = await stella([
      'runbook',
      'run',
      'scanner-oom',
      '--dry-run',
      '--param',
      param,
    ])
    expect([code, err]).toEqual([2, expect.stringContaining(says)])
  })

  it('tells of a check that would change something that it is refused', async () => {
    const path = written(
      '# A\n\n## Quick checks\n\nLook:\n\n```bash {id=a, kind=check}\ndocker rm -f web\n```\n',
    )
    const { document } = await json('run', path, '--dry-run')
    expect(document.plan).toMatchObject([
      { id: 'a', changes: false, refused: expect.stringContaining('changes something') },
    ])
    expect((await json('lint', path)).code).toBe(1)
  })
})

describe('a linted document', () => {
  it('is told what is wrong, where, and what to do', async () => {
    const path = written(
      [
        '---',
        'updated: 2025-01-01',
        '---',
        '# A',
        '',
        '## Fix',
        '',
        'See [more](nowhere.md) and [3].',
        '',
        '```bash {id=a, kind=change, when="usage > 5"}',
        'stella scanner config set worker.memory_limit 8Gi',
        '```',
      ].join('\n'),
    )
    const { code, document } = await json('lint', path)
    expect(code).toBe(1)
    expect(document.findings.map(({ rule, line }) => [rule, line])).toEqual([
      ['about', 1],
      ['stale', 1],
      ['dead-link', 8],
      ['dead-link', 8],
      ['condition', 10],
      ['no-undo', 10],
      ['no-verification', 10],
    ])
  })

  it('asks cases only for what they tell', async () => {
    const good = [
      'verdict == oom-own-limit && platform == systemd',
      'causes.leak || limitBytes < 1Gi',
    ]
    const bad = ['verdict == oom', 'victim == java', 'causes.leek', 'cause ==']
    const path = written(
      `---\ncases: ${JSON.stringify([...good, ...bad])}\n---\n# A\n\n## Quick checks\n\nLook:\n\n\`\`\`bash\nstella doctor\n\`\`\`\n`,
    )
    const { document } = await json('lint', path)
    const says = document.findings.filter(({ rule }) => rule === 'cases')
    expect(says.map(({ message }) => message.replace(/^cases: /, ''))).toEqual([
      "'verdict == oom': verdict is never 'oom'",
      "'victim == java': no case tells 'victim'",
      "'causes.leek': no case tells 'causes.leek'",
      "'cause ==': something is missing at the end",
    ])
  })

  it('may have warnings, and is good all the same', async () => {
    const path = written('# A\n\n## Quick checks\n\nLook:\n\n```bash\nstella doctor\n```\n')
    const { code, out } = await stella(['runbook', 'lint', path])
    expect([code, out]).toEqual([0, expect.stringContaining('0 errors, 1 warning in 1 runbook')])
  })

  it('that is not there is told as such', async () => {
    const { code, err } = await stella(['runbook', 'lint', join(folder, 'none.md')])
    expect([code, err]).toEqual([3, expect.stringContaining('there is no such file')])
  })
})

const seedIsMissing = existsSync(SEED) ? null : `${SEED} is not there`
if (seedIsMissing !== null) console.log(`skipped: ${seedIsMissing}`)
describe.skipIf(seedIsMissing !== null)('a runbook as a page had it, in one line', () => {
  it('is planned with all its commands, and what the page had taken for tags', async () => {
    const { document } = await json('run', SEED, '--dry-run', ...IMAGE)
    expect(document.title).toBe('Scanner - Out of Memory on Large Images')
    expect(document.plan).toHaveLength(19)
    const commands = document.plan.map(({ run }) => run)
    expect(commands).toContain("stella image inspect registry:debian:12 --format json | jq '.size'")
    expect(commands).toContain('stella scan image --image registry:debian:12 --profile-memory')
    expect(commands).toContain('stella image layers registry:debian:12 --sort-by size')
    const words = (text: string): string[] => text.match(/[\w.-]+/g) ?? []
    const source = readFileSync(SEED, 'utf8').replaceAll(/\s+/g, ' ')
    for (const command of commands) {
      const told = command.replaceAll(' registry:debian:12', '')
      expect(words(source).join(' ')).toContain(words(told).join(' '))
    }
  })
})
