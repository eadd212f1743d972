import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { REPO } from '../../scripts/lib/repo.ts'

interface Hook {
  id: string
  files: string
}

const ACTION: {
  inputs: Record<string, unknown>
  runs: { using: string; steps: { uses?: string; run?: string; shell?: string }[] }
} = parse(textOf('action.yml'))
const HOOKS: Hook[] = parse(textOf('.pre-commit-hooks.yaml'))

/** The YAML of the guide, each by the name of the file it shows. */
const SNIPPETS = new Map(
  [...textOf('docs/guides/audit.md').matchAll(/```yaml\n# (\S+\.yaml)\n([^`]*)```/g)].map(
    ([, name = '', text = '']) => [name, parse(text)],
  ),
)

function textOf(path: string): string {
  return readFileSync(join(REPO, path), 'utf8')
}

describe('the action', () => {
  test('is a composite one, every step of which says its shell or is pinned', () => {
    expect(ACTION.runs.using).toBe('composite')
    for (const { uses, shell } of ACTION.runs.steps) {
      if (uses === undefined) expect(shell).toBe('bash')
      else expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
    }
  })

  test('puts no input into the text of a script', () => {
    for (const { run = '' } of ACTION.runs.steps) expect(run).not.toContain('${{')
  })

  test('has every input that the guide shows', () => {
    const { steps } = SNIPPETS.get('.github/workflows/memory.yaml').jobs.audit
    const [, step] = steps
    expect(step.uses).toContain('/stella@')
    expect(Object.keys(ACTION.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with)))
    expect(steps[2].with.sarif_file).toBe(step.with['sarif-file'])
  })
})

describe('the hook of pre-commit', () => {
  const [hook] = HOOKS

  test('is the one that the guide shows', () => {
    const [{ hooks }] = SNIPPETS.get('.pre-commit-config.yaml').repos
    expect(hooks).toMatchObject([{ id: hook?.id }])
  })

  test.each([
    ['deploy/compose.yaml', true],
    ['Chart.YML', true],
    ['.env', true],
    ['Dockerfile', true],
    ['web/Dockerfile.release', true],
    ['app.containerfile', true],
    ['redis.service.d/memory.conf', true],
    ['README.md', false],
    ['src/dockerfile/index.ts', false],
  ])('is run for a change of %s: %s', (path, expected) => {
    // Python knows the mark at its beginning, which says that case does not count; here it is a flag.
    expect(new RegExp(hook?.files.replace('(?i)', '') ?? '', 'i').test(path)).toBe(expected)
  })
})
