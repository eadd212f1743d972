/** Runs of small runbooks with real programs, in a folder of their own. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { liveDesk } from '../../src/app/runbooks/live-desk.ts'
import { toldRunOf } from '../../src/app/runbooks/recorded-runs.ts'
import { resumeRun } from '../../src/app/runbooks/resume-run.ts'
import { startRun } from '../../src/app/runbooks/begin-run.ts'
import type { Approval } from '../../src/app/runbooks/going-run.ts'
import type { ResumeOrder } from '../../src/app/runbooks/resume-run.ts'
import type { RunOrder } from '../../src/app/runbooks/begin-run.ts'
import type { Runbook } from '../../src/model/runbook.ts'
import { readRunbook } from '../../src/runbooks/document/read-runbook.ts'
import { paramValues } from '../../src/runbooks/params.ts'
import { planOf } from '../../src/runbooks/plan.ts'
import type { ToldRun } from '../../src/runbooks/report/told-run.ts'
import type { RunDesk } from '../../src/runbooks/run/desk.ts'

/** Writes what it is given into a file, and how often into another. */
const SET = `#!/bin/sh
echo "$2" > "$1"
echo "$2" >> "$1.log"
`

/** The same, as soon as it is let go, or its folder is gone. */
const SLOW = `#!/bin/sh
while [ -d "\${1%/*}" ] && [ ! -e "$1.go" ]; do sleep 0.1; done
[ -d "\${1%/*}" ] && "\${0%/*}/set-value" "$@"
`

/** It helps. */
export const BOOK = `---
schema: 1
id: value
title: A value is wrong
params:
  word: { type: text, asks: what it shall be, default: new }
---

# A value is wrong

## Quick checks

What is it?

\`\`\`bash {id=look, kind=check, capture="value:text", problemIf="value != new"}
cat FILE
\`\`\`

## Immediate mitigation

Set it.

\`\`\`bash {id=set, kind=change, risk=medium, when="look.problem", undo="SET FILE \${value}"}
SET FILE new
\`\`\`

\`\`\`bash {id=again, kind=change, risk=low, when="look.problem"}
SET FILE.second new
\`\`\`

\`\`\`bash {id=never, kind=change, risk=low, when="look.ok"}
SET FILE never
\`\`\`

## Verification

\`\`\`bash {id=is-new, kind=assert, expect="match(/^new$/)"}
cat FILE
\`\`\`
`
/** It does not. */
export const RED = BOOK.replace('expect="match(/^new$/)"', 'expect="match(/^better$/)"')

export const NOTHING_SAID: Approval = { hash: null, steps: [], lowRisk: false }

export interface Workplace {
  folder: string
  data: string
  /** What the programs work on: it holds `old`. */
  file: string
  /** Writes a runbook, in which FILE stands for that file, SET for the program that changes it and SLOW for one that waits first. */
  write(markdown: string): string
  /** How often something was set, and to what. */
  log(): readonly string[]
  now(): string
  /** The program that waits first. */
  slow: string
  /** Those that wait go on. */
  letGo(): void
  start(path: string, order?: Partial<RunOrder>, desk?: Partial<RunDesk>): Promise<ToldRun>
  resume(id: string, order?: Partial<ResumeOrder>, desk?: Partial<RunDesk>): Promise<ToldRun>
  told(id: string): ToldRun
  remove(): void
}

export function workplace(folder = mkdtempSync(join(tmpdir(), 'stella-test-run-'))): Workplace {
  const data = join(folder, 'data')
  const file = join(folder, 'value')
  const set = join(folder, 'set-value')
  if (!existsSync(file)) writeFileSync(file, 'old\n')
  const slow = join(folder, 'slow-value')
  for (const [path, script] of [
    [set, SET],
    [slow, SLOW],
  ] as const) {
    writeFileSync(path, script)
    chmodSync(path, 0o755)
  }
  const place: Workplace = {
    folder,
    data,
    file,
    slow,
    write(markdown) {
      const path = join(folder, 'book.md')
      writeFileSync(
        path,
        markdown.replaceAll('FILE', file).replaceAll('SET', set).replaceAll('SLOW', slow),
      )
      return path
    },
    log: () =>
      existsSync(`${file}.log`) ? readFileSync(`${file}.log`, 'utf8').trim().split('\n') : [],
    now: () => readFileSync(file, 'utf8').trim(),
    letGo: () => writeFileSync(`${file}.go`, ''),
    async start(path, order = {}, desk = {}) {
      const id = await startRun(data, { ...orderFor(path), ...order }, deskFor(desk))
      return place.told(id)
    },
    async resume(id, order = {}, desk = {}) {
      const usual = {
        id,
        open: ({ path }: { path: string }) => open(path),
        given: new Map<string, string>(),
        approval: NOTHING_SAID,
        rebase: false,
        undo: false,
      }
      await resumeRun(data, { ...usual, ...order }, deskFor(desk))
      return place.told(id)
    },
    told(id) {
      const told = toldRunOf(data, id)
      if (told === null) throw new Error(`${id} has nothing to tell`)
      return told
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
  return place
}

function open(path: string): Runbook {
  return readRunbook(readFileSync(path, 'utf8'), path).runbook
}

/** All of its changes are approved by its hash. */
export function orderFor(path: string, given: ReadonlyMap<string, string> = new Map()): RunOrder {
  const runbook = open(path)
  const { hash } = planOf(runbook, paramValues(runbook.params, given).values)
  return {
    runbook,
    path,
    given,
    approval: { hash, steps: [], lowRisk: false },
    origin: { kind: 'person' },
    onlyChecks: false,
    deep: false,
    undoOnFailure: false,
    withinMs: null,
  }
}

export function deskFor(desk: Partial<RunDesk>): RunDesk {
  const usual = liveDesk({
    now: () => Date.now(),
    by: 'tester',
    env: process.env,
    signal: new AbortController().signal,
    told: () => undefined,
    person: null,
  })
  return { ...usual, ...desk }
}

/** The states of its steps, by their ids. */
export function statesOf({ steps }: ToldRun): Readonly<Record<string, string>> {
  return Object.fromEntries(steps.map(({ id, state }) => [id, state]))
}
