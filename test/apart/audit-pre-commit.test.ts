import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkout, commit } from '../support/checkout.ts'
import { requireParts } from '../support/parts.ts'
import { preCommit } from '../support/pre-commit.ts'
import { run, testbedFolder, tryRun } from '../support/testbed.ts'

const COMPOSE = 'services:\n  web:\n    image: registry.example.com/web:1\n    mem_limit: 512Mi\n'

describe.skipIf(requireParts('pre-commit', 'npm-registry'))('the hook of pre-commit', () => {
  let folder = ''
  let project = ''
  beforeAll(() => {
    folder = mkdtempSync(join(testbedFolder(), 'pre-commit-'))
    project = join(folder, 'project')
    run(['git', 'init', '--quiet', project])
    const stella = join(folder, 'stella')
    configure(checkout(stella), stella)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function configure(rev: string, repository: string): void {
    const hooks = [{ id: 'stella-audit' }, { id: 'stella-audit', alias: 'lenient', args: LENIENT }]
    const repo = { repo: `file://${repository}`, rev, hooks }
    // JSON is YAML.
    writeFileSync(join(project, '.pre-commit-config.yaml'), JSON.stringify({ repos: [repo] }))
  }

  /** As `git commit` would run it, on what is staged. */
  function runHook(hook = 'stella-audit'): { status: number | null; stdout: string } {
    run(['git', '-C', project, 'add', '--all'])
    const { status, stdout, stderr } = tryRun(
      [
        'sh',
        '-c',
        'cd "$1" && exec "$2" run --color=never "$3"',
        'sh',
        project,
        preCommit() ?? '',
        hook,
      ],
      {
        // With the machine's own Node, and not the one of this repository.
        env: { PATH: pathOfMachine(), PRE_COMMIT_HOME: join(folder, 'home'), CI: undefined },
        timeoutMs: 900_000,
      },
    )
    return { status, stdout: stdout + stderr }
  }

  test(
    'is installed from nothing, finds a mistake, and passes once it is mended',
    { timeout: 960_000 },
    () => {
      writeFileSync(join(project, 'compose.yaml'), COMPOSE)
      const found = runHook()
      expect(found.stdout).toContain('compose.yaml:4:16  error C16')
      expect(found.stdout).toContain('- exit code: 1\n')
      expect(found.status).toBe(1)
      writeFileSync(join(project, 'compose.yaml'), COMPOSE.replace('512Mi', '512m'))
      expect(runHook()).toMatchObject({ status: 0, stdout: expect.stringContaining('Passed') })
    },
  )

  test('takes arguments of the project in the place of its own', () => {
    writeFileSync(join(project, 'compose.yaml'), COMPOSE.replace('    mem_limit: 512Mi\n', ''))
    expect(runHook()).toMatchObject({ status: 1, stdout: expect.stringContaining('C01') })
    expect(runHook('lenient')).toMatchObject({ status: 0 })
  })

  test('is not run where no file is staged that it could judge', () => {
    commit(project)
    writeFileSync(join(project, 'notes.txt'), 'memory\n')
    expect(runHook()).toMatchObject({ status: 0, stdout: expect.stringContaining('Skipped') })
  })
})

const LENIENT = ['--fail-on', 'critical', '.']

function pathOfMachine(): string {
  const folders = (process.env['PATH'] ?? '').split(':')
  return folders.filter((folder) => !folder.includes('node_modules')).join(':')
}
