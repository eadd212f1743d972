import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { REPO } from '../../scripts/lib/repo.ts'
import { checkout } from '../support/checkout.ts'
import { requireParts } from '../support/parts.ts'
import { sarifFaults } from '../support/schemas.ts'
import { run, testbedFolder, tryRun } from '../support/testbed.ts'

const COMPOSE = 'services:\n  web:\n    image: registry.example.com/web:1\n    mem_limit: 512Mi\n'

interface Step {
  name?: string
  run?: string
  shell?: string
  'working-directory'?: string
  env?: Record<string, string>
}

interface Action {
  inputs: Record<string, { description: string; default: string }>
  runs: { using: string; steps: Step[] }
}

const ACTION: Action = parse(readFileSync(join(REPO, 'action.yml'), 'utf8'))
const SCRIPTS = ACTION.runs.steps.filter((step) => step.run !== undefined)

describe.skipIf(requireParts('npm-registry'))(
  'the steps of the action, as GitHub runs them',
  () => {
    let folder = ''
    let workspace = ''
    beforeAll(() => {
      folder = mkdtempSync(join(testbedFolder(), 'action-'))
      checkout(join(folder, 'action'))
      workspace = folder
      const [install] = SCRIPTS
      if (install === undefined) throw new Error('the action installs nothing')
      const { status, stderr } = runStep(install, {})
      expect({ status, stderr }).toMatchObject({ status: 0 })
    })
    beforeEach(() => {
      workspace = mkdtempSync(join(folder, 'workspace-'))
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    function write(path: string, text: string): void {
      mkdirSync(dirname(join(workspace, path)), { recursive: true })
      writeFileSync(join(workspace, path), text)
    }

    function audit(inputs: Record<string, string>): ReturnType<typeof tryRun> {
      const step = SCRIPTS.at(-1)
      if (step === undefined) throw new Error('the action runs nothing')
      return runStep(step, inputs)
    }

    /** With Node 24, which the step before has set up. */
    function runStep(step: Step, inputs: Record<string, string>): ReturnType<typeof tryRun> {
      const script = join(folder, 'step.sh')
      writeFileSync(script, step.run ?? '')
      const evaluated = (text: string): string =>
        text
          .replace(
            /\$\{\{ inputs\.([\w-]+) \}\}/g,
            (_, name) => inputs[name] ?? ACTION.inputs[name]?.default ?? 'no such input',
          )
          .replace('${{ github.action_path }}', join(folder, 'action'))
      const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluated(value)])
      return tryRun(
        [
          'sh',
          '-c',
          'cd "$1" && exec bash --noprofile --norc -e -o pipefail "$2"',
          'sh',
          evaluated(step['working-directory'] ?? workspace),
          script,
        ],
        {
          env: {
            ...Object.fromEntries(env),
            GITHUB_ACTION_PATH: join(folder, 'action'),
            GITHUB_WORKSPACE: workspace,
            PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
          },
          timeoutMs: 300_000,
        },
      )
    }

    test('fail with the text in the log, and an annotation at the line', () => {
      write('deploy/compose.yaml', COMPOSE)
      const { status, stdout, stderr } = audit({})
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
      expect(stdout).toContain('deploy/compose.yaml:4:16  error C16')
      expect(stdout).toMatch(
        /^::error file=deploy\/compose\.yaml,line=4,endLine=4,col=16,endColumn=21,title=C16 /m,
      )
    })

    test('pass where nothing is found, or what is found is milder', () => {
      write('compose.yaml', COMPOSE.replace('512Mi', '512m'))
      expect(audit({})).toMatchObject({ status: 0 })
      write('compose.yaml', COMPOSE.replace('    mem_limit: 512Mi\n', ''))
      expect(audit({ 'fail-on': 'critical' })).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('title=C01'),
      })
      expect(audit({ 'fail-on': 'high' })).toMatchObject({ status: 1 })
    })

    test('write SARIF that is valid, beside the text', () => {
      write('compose.yaml', COMPOSE)
      const { status, stdout } = audit({ 'sarif-file': 'memory findings.sarif' })
      expect(status).toBe(1)
      expect(stdout).toContain('error C16')
      const log = JSON.parse(readFileSync(join(workspace, 'memory findings.sarif'), 'utf8'))
      expect(sarifFaults()(log)).toEqual([])
      expect(JSON.stringify(log)).toContain('"ruleId":"C16"')
    })

    test('judge the paths that stand one a line, with their blanks', () => {
      write('a b/compose.yaml', COMPOSE)
      write('c/compose.yaml', COMPOSE)
      write('d/compose.yaml', COMPOSE)
      const { stdout } = audit({ paths: 'a b\n\n  \nc/compose.yaml\n' })
      expect(stdout).toContain('2 memory mistakes in 2 files')
      expect(stdout).toContain('file=a b/compose.yaml,')
    })

    test('hold what is found against a baseline, and do not make one up', () => {
      write('compose.yaml', COMPOSE)
      const missing = audit({ baseline: 'known.json' })
      expect(missing).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("input 'baseline'"),
      })
      expect(readdirSync(workspace)).toEqual(['compose.yaml'])
      run([
        'sh',
        '-c',
        'cd "$1" && "$2" "$3" audit . --baseline known.json',
        'sh',
        workspace,
        process.execPath,
        join(REPO, 'scripts/stella.ts'),
      ])
      expect(audit({ baseline: 'known.json' })).toMatchObject({ status: 0 })
      write('new/compose.yaml', COMPOSE)
      expect(audit({ baseline: 'known.json' })).toMatchObject({ status: 1 })
    })

    test('tell the runner what is wrong, and what is broken', () => {
      write('compose.yaml', 'services:\n  web: [\n')
      expect(audit({})).toMatchObject({
        status: 2,
        stdout: expect.stringContaining('title=Not judged::it is no YAML'),
        stderr: expect.stringContaining('compose.yaml:2:9: it is no YAML'),
      })
      expect(audit({ 'fail-on': 'never' })).toMatchObject({ status: 2 })
      expect(audit({ 'sarif-file': 'gone/memory.sarif' }).stderr).toContain(
        'gone/memory.sarif: cannot be written',
      )
    })

    test.each([
      '\'"; touch pwned; $(touch pwned) `touch pwned` && touch pwned #',
      '*',
      '--fix',
      '-o\npwned',
    ])('run nothing that stands in an input: %j', (text) => {
      write('compose.yaml', COMPOSE)
      for (const input of ['paths', 'fail-on', 'baseline', 'config']) {
        expect(audit({ [input]: text }).status).not.toBe(0)
      }
      audit({ 'sarif-file': text })
      expect(readFileSync(join(workspace, 'compose.yaml'), 'utf8')).toBe(COMPOSE)
      expect(readdirSync(workspace).filter((name) => name === 'pwned')).toEqual([])
    })

    test('let no line of a file be a command to the runner', () => {
      write('compose.yaml', COMPOSE.replace('512Mi', '512Mi # ##[add-mask]web'))
      const { stdout } = audit({})
      const [, token = ''] = /^::stop-commands::([\w-]{30,})$/m.exec(stdout) ?? []
      const [, within = ''] = stdout.split(`::stop-commands::${token}\n`)
      const [text = '', after = ''] = within.split(`\n::${token}::\n`)
      expect(text).toContain('##[add-mask]')
      for (const line of after.trimEnd().split('\n')) expect(line).toMatch(/^::\w+ file=/)
    })
  },
)
