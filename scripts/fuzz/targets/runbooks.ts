/** Runbooks of others: what they say is run by people who trust them. */
import { planOf } from '../../../src/runbooks/plan.ts'
import { usualValues } from '../../../src/runbooks/params.ts'
import { readWords } from '../../../src/runbooks/commands/words.ts'
import { effectOfAll } from '../../../src/runbooks/commands/effect.ts'
import { holds, readCondition } from '../../../src/runbooks/condition/condition.ts'
import { readAttributes } from '../../../src/runbooks/document/attributes.ts'
import { readRunbook } from '../../../src/runbooks/document/read-runbook.ts'
import { lint } from '../../../src/runbooks/lint/lint.ts'
import { readTests } from '../../../src/runbooks/tests/read-tests.ts'
import { filled } from '../../../src/runbooks/commands/words.ts'
import { filesOf, texts } from '../corpus.ts'
import { must, refusable } from '../sound.ts'
import type { Target } from '../target.ts'

const NOW = Date.UTC(2026, 10, 1)

export const RUNBOOK: Target = {
  name: 'runbook',
  samples: () => [...filesOf('runbooks', /\.md$/), ...filesOf('docs/guides', /\.md$/)],
  run({ path, bytes }) {
    const text = bytes.toString()
    const read = readRunbook(text, path)
    const plan = planOf(read.runbook, usualValues(read.runbook.params))
    must(plan.hash.length > 0, 'a plan has no hash')
    // It looks for links and anchors, too: like the reading itself, for a bounded time.
    const findings = lint(read, {
      text,
      now: NOW,
      lastGoodRun: null,
      exists: () => true,
      anchorsOf: () => null,
    })
    for (const { line } of findings) must(line >= 1, `a finding at line ${line}`)
    return findings.map(({ says, todo }) => `${says} ${todo}`).join('\n')
  },
}

export const RUNBOOK_TESTS: Target = {
  name: 'runbook-tests',
  samples: () => filesOf('runbooks', /\.test\.yaml$/),
  run({ path, bytes }) {
    const { runbook } = readRunbook(
      filesOf('runbooks', new RegExp(`^${path.replace('.test.yaml', String.raw`\.md$`)}`))
        .map((sample) => sample.bytes.toString())
        .join('\n'),
      path,
    )
    refusable(() => readTests(bytes.toString(), path, runbook))
  },
}

export const CONDITION: Target = {
  name: 'runbook-condition',
  samples: () =>
    texts([
      'size > 2GB || layers > 100',
      'state == done && !(restarts >= 3)',
      '!match(/out of memory/)',
      'match(/^(a+)+$/i) || x != "y z"',
    ]),
  run({ bytes }) {
    const read = readCondition(bytes.toString())
    if (!read.ok) return
    holds(read.condition, {
      values: new Map<string, number | string | boolean>([
        ['size', 3e9],
        ['state', 'done'],
        ['restarts', 2],
      ]),
      output: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! out of memory',
    })
  },
}

/** What a parameter holds is part of one word, whatever it is. */
export const COMMAND: Target = {
  name: 'runbook-command',
  samples: () =>
    texts([
      'docker inspect --format "{{.State.OOMKilled}}" ${container}',
      "kubectl get pods -o json | jq '.items[] | .metadata.name'",
      'ps -o rss= -p ${pid} | sort -n | tail -1',
      'stella why docker:${container} --json # the case',
      'id=check title="What \\"is\\" it" expect="state == done"',
    ]),
  run({ bytes }) {
    const line = bytes.toString()
    readAttributes(line)
    const read = readWords(line)
    if (!read.ok) return
    for (const words of read.pipeline.programs) {
      const bare = filled(words, new Map([['container', 'a']]))
      const hostile = filled(words, new Map([['container', '; rm -rf / $(x) "']]))
      must(bare.length === hostile.length, 'a value became words')
    }
    effectOfAll(read.pipeline.programs.map((words) => filled(words, new Map())))
  },
}
