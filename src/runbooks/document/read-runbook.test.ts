import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Runbook } from '../../model/runbook.ts'
import { readRunbook } from './read-runbook.ts'

function read(text: string): Runbook {
  return readRunbook(text, 'a.md').runbook
}

const PLAIN = `# Runbook: Shop - Cart runs out of memory

> **Sprint:** S1
> **Task:** T-7 - Cart

## Metadata

| Field | Value |
|-------|-------|
| **Component** | Cart |
| **Severity** | High |
| **On-call scope** | Shop team |
| **Last updated** | 2026-02-03 |
| **Doctor check** | \`check.scanner.queue\` |

---

## Symptoms

- [ ] The cart exits with code 137
- [ ] Alert \`CartOOM\` firing

---

## Diagnosis

### Quick checks

1. **Look at the image:**

\`\`\`bash
stella image inspect --format json | jq '.size'
\`\`\`

Problem if: Image size > 2GB or layer count > 100

2. **Look at the log:**

\`\`\`bash
docker logs <container-name>
\`\`\`

Look for: "heap exhausted", "out of memory"

---

## Resolution

### Immediate mitigation

1. **Give it more:**

\`\`\`bash
stella scanner config set worker.memory_limit 8Gi
stella scanner workers restart
\`\`\`

### Root cause fix

**For large carts:**

1. Give them a pool:

\`\`\`bash
stella scanner workers add --pool large --memory 16Gi --count 2
\`\`\`

### Verification

\`\`\`bash
# Is it scanned?
stella scan image --image
# And is it quiet?
stella scanner logs --filter "out of memory" --last 1h
\`\`\`

---

## Prevention

- [ ] **Capacity:** Set the limit by the largest cart
`

/** As a page gives it when all is copied at once. */
function flattened(text: string): string {
  return text
    .replaceAll(/<[a-z-]+>/g, '')
    .split('\n')
    .filter((line) => line !== '')
    .join(' ')
}

describe('a document that was not written for stella', () => {
  it('may have a word in its table that does not end', () => {
    const long = PLAIN.replace(
      '`check.scanner.queue`',
      `${'a'.repeat(200_000)} check.scanner.queue`,
    )
    expect(read(long).about.doctorChecks).toEqual(['check.scanner.queue'])
  })

  it('says what it is about', () => {
    expect(read(PLAIN)).toMatchObject({
      id: 'shop-cart-runs-out-of-memory',
      title: 'Shop - Cart runs out of memory',
      about: {
        component: 'Cart',
        severity: 'high',
        owner: 'Shop team',
        updated: '2026-02-03',
        doctorChecks: ['check.scanner.queue'],
        alerts: ['CartOOM'],
        cases: [],
        tracking: { sprint: 'S1', task: 'T-7 - Cart' },
      },
    })
    expect(read(PLAIN).symptoms.map(({ text }) => text)).toEqual([
      'The cart exits with code 137',
      'Alert CartOOM firing',
    ])
    expect(read(PLAIN).prevention).toHaveLength(1)
  })

  it('may be a page with front matter of a site, HTML and pictures, and what clears away is no quick check', () => {
    const { title, steps } = read(
      '---\nlayout: layout.pug\nmodel: /site/data.yml\nmenuWeight: 11\n---\n<a name=c2></a>\n\n## Out of memory\n\n![A graph](https://example.org/a.png)\n\nFigure 1. CPU <b>allocation</b>\n\n### Setup\n\n```bash\ndcos marathon app add app.json\n```\n\n### General pattern\n\nLook at the logs.\n\n### Cleanup\n\n```bash\n$ dcos marathon app remove /app-oom\n```\n',
    )
    expect(title).toBe('Out of memory')
    expect(steps.map(({ phase, kind, run }) => [phase, kind, ...run])).toEqual([
      ['mitigation', 'change', 'dcos marathon app add app.json'],
      ['mitigation', 'change', 'dcos marathon app remove /app-oom'],
    ])
  })

  it('has a step for each command, of the kind that the command is, in its phase', () => {
    const steps = read(PLAIN).steps.map(({ phase, kind, run, title }) => [
      phase,
      kind,
      ...run,
      title,
    ])
    expect(steps).toEqual([
      [
        'quick-checks',
        'check',
        "stella image inspect ${image} --format json | jq '.size'",
        'Look at the image',
      ],
      ['quick-checks', 'check', 'docker logs ${container}', 'Look at the log'],
      ['mitigation', 'change', 'stella scanner config set worker.memory_limit 8Gi', 'Give it more'],
      ['mitigation', 'change', 'stella scanner workers restart', 'Give it more'],
      [
        'root-cause-fix',
        'change',
        'stella scanner workers add --pool large --memory 16Gi --count 2',
        'Give them a pool',
      ],
      ['verification', 'assert', 'stella scan image --image ${image}', 'Is it scanned?'],
      [
        'verification',
        'assert',
        'stella scanner logs --filter "out of memory" --last 1h',
        'And is it quiet?',
      ],
    ])
    expect(read(PLAIN).steps.map(({ branch }) => branch)).toEqual([
      ...[null, null, null, null, 'For large carts', null, null],
    ])
  })

  it('knows a case by its place, and not by a colon within a sentence', () => {
    const text = [
      '# Cart',
      '## Immediate mitigation',
      'Give it more.',
      '```bash\nstella scanner config set worker.memory_limit 8Gi\n```',
      'Where the pool has a limit of its own, change that one: `stella scanner workers list` shows it.',
      '```bash\nstella scanner workers restart\n```',
      '**If the pool is large:** begin its workers one by one, so that the others go on. This takes as many minutes as it has workers.',
      '```bash\nstella scanner workers restart --pool large\n```',
    ].join('\n\n')
    expect(read(text).steps.map(({ branch, title }) => [branch, title])).toEqual([
      [null, 'Give it more.'],
      [
        null,
        'Where the pool has a limit of its own, change that one: stella scanner workers list shows it.',
      ],
      ['If the pool is large', 'begin its workers one by one, so that the others go on.'],
    ])
  })

  it('has what it calls a problem as a condition, and what to look for as words', () => {
    const [size, log] = read(PLAIN).steps
    expect(size?.problemIf).toBe('size > 2GB || layers > 100')
    expect(log?.look).toEqual(['heap exhausted', 'out of memory'])
  })

  it('verifies from the change on, and that what must not be there is not', () => {
    const asserts = read(PLAIN).steps.filter(({ kind }) => kind === 'assert')
    expect(asserts.map(({ since, expect: expected }) => [since, expected])).toEqual([
      ['change', null],
      ['change', null],
    ])
    const quiet = PLAIN.replace('And is it quiet?', 'Verify no OOM in recent logs')
    expect(read(quiet).steps.at(-1)?.expect).toBe('!match(/out of memory/i)')
  })

  it('leaves a command that does not end to a person', () => {
    const text = '## Diagnosis\n\nLook:\n\n```bash\ndocker stats\ndocker stats --no-stream\n```\n'
    expect(read(text).steps.map(({ kind }) => kind)).toEqual(['manual', 'check'])
  })

  it('gets back what a page took for a tag, and tells of it', () => {
    const { params, repairs } = read(PLAIN)
    expect(params.map(({ name, type, usual }) => [name, type, usual])).toEqual([
      ['image', 'image', null],
      ['container', 'container', null],
    ])
    expect(repairs.join()).toContain('image, container')
  })

  it('means the same when all its lines were joined into one', () => {
    const joined = read(`${flattened(PLAIN)}${' '.repeat(400)}`)
    const essence = ({ about, symptoms, prevention, steps }: Runbook): unknown => ({
      about,
      symptoms: symptoms.map(({ text }) => text),
      prevention: prevention.map(({ text }) => text),
      steps: steps
        .filter(({ run }) => !run.join().includes('docker logs'))
        .map(({ phase, kind, run, title, branch, problemIf }) => ({
          phase,
          kind,
          run,
          title,
          branch,
          problemIf,
        })),
    })
    expect(essence(joined)).toEqual(essence(read(PLAIN)))
    expect(joined.repairs).toContain('its lines had been joined into one, and were separated again')
  })

  it('keeps output, files and what a log says out of its steps', () => {
    const text =
      '## Diagnosis\n\n```bash\n$ journalctl -k\nMar 27 01:15:36 host kernel: Killed process 1\n```\n\n```\nout\n```\n\n```yaml\na: 1\n```\n'
    expect(read(text).steps.map(({ run }) => run)).toEqual([['journalctl -k']])
  })

  it('joins a command of several lines, and leaves one that nobody knows to a person', () => {
    const text =
      '## Fix\n\n```bash\ndocker run -d \\\n  --memory=256m x python3 -c "\nimport time\n"\nmy-tool --now\n```\n'
    expect(read(text).steps.map(({ kind, run }) => [kind, ...run])).toEqual([
      ['change', 'docker run -d --memory=256m x python3 -c "\nimport time\n"'],
      ['manual', 'my-tool --now'],
    ])
  })

  it('loses scripts of the page it was copied from', () => {
    const text = `# A\n\ndocument.addEventListener('click', () => {})\nfunction track() { return 1 }\n\n## Diagnosis\n\n\`\`\`bash\nstella why host\n\`\`\`\n`
    expect(read(text)).toMatchObject({
      repairs: [expect.stringContaining("2 lines of a page's script")],
    })
    expect(read(text).steps).toHaveLength(1)
  })
})

describe('a runbook of ours', () => {
  const OWN = `---
id: cart-oom
title: The cart runs out of memory
component: cart
severity: critical
owner: shop
updated: 2026-11-01
doctorChecks: [check.scanner.queue]
params:
  pool: { type: pool, asks: its pool, default: default }
---

# The cart

## Quick checks

\`\`\`bash {id=queue, kind=check, timeout=10s, capture="depth:json:.depth", problemIf="depth > 100", look="a, b"}
stella scanner queue status --json
\`\`\`

## Immediate mitigation

\`\`\`bash {id=add, kind=change, risk=low, approve=2, when="queue.problem", undo="stella scanner workers remove --pool \${pool}"}
stella scanner workers add --pool \${pool} --count 1
\`\`\`

## Verification

\`\`\`bash {id=less, kind=assert, retry=10x6s, expect="depth < before.depth", since=change, capture="depth:json:.depth"}
stella scanner queue status --json
\`\`\`
`

  it('has all that its attributes say', () => {
    const { steps, params } = read(OWN)
    expect(steps).toMatchObject([
      {
        id: 'queue',
        kind: 'check',
        timeoutMs: 10_000,
        capture: [{ name: 'depth', from: { kind: 'json', path: ['depth'] } }],
        problemIf: 'depth > 100',
        look: ['a', 'b'],
        line: 17,
      },
      { id: 'add', kind: 'change', risk: 'low', approvals: 2, when: 'queue.problem' },
      { id: 'less', kind: 'assert', retry: { times: 10, everyMs: 6_000 }, since: 'change' },
    ])
    expect(params).toEqual([{ name: 'pool', type: 'pool', asks: 'its pool', usual: 'default' }])
  })

  it.each([
    ['{id=queue, kind=look}', "kind 'look' is none of check, change, assert, manual, wait, ask"],
    ['{id=queue, wait=1}', "unknown attribute 'wait'"],
    ['{id=queue, retry=often}', "retry is written as '10x6s'"],
    ['{id=queue, timeout=soon}', "'soon' is not a duration; write it as 90s, 30m, 1h or 7d"],
    ['{id=queue, capture=x}', "capture is written as 'size:json:.size', or 'word:text'"],
  ])('%s is told with its line', (attributes, says) => {
    const text = `## Quick checks\n\n\`\`\`bash ${attributes}\nstella doctor\n\`\`\`\n`
    expect(readRunbook(text, 'a.md').problems).toEqual([{ line: 3, says }])
  })

  it('tells of a fence without an end, of two steps with one name, and of a broken head', () => {
    const says = (text: string): string[] =>
      readRunbook(text, 'a.md').problems.map((each) => each.says)
    expect(says('```bash\nstella doctor\n')).toEqual(['the fence that begins here does not end'])
    const fence = '```bash {id=a, kind=check}\nstella doctor\n```\n\n'
    expect(says(fence + fence)).toEqual(["two steps are called 'a'"])
    expect(says('---\nid: [\n---\n# A\n')[0]).toMatch(/^the front matter: /)
    expect(says('---\nseverity: bad\n---\n# A\n')[0]).toMatch(/^the front matter: severity/)
  })
})

it('reads any text without failing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PLAIN.split(/(?<=[\s`|#<>-])/), '```', '{', '"')),
      (pieces) => {
        const { steps } = read(pieces.join(''))
        expect(steps.every(({ line }) => line >= 1)).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})
