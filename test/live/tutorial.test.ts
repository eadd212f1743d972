import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { pythonImage } from '../support/images.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { commandsOf, notInOutput, pageText } from '../support/pages.ts'
import { requireParts } from '../support/parts.ts'

const IMAGE = 'python:3-alpine'

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler'))(
  'the tutorial, word by word',
  () => {
    let docker: TestDocker
    const folder = mkdtempSync(join(tmpdir(), 'stella-tutorial-'))

    beforeAll(async () => {
      docker = await testDocker()
      // Nothing is downloaded: the system's Python, under the name that the tutorial uses.
      const links = { 'usr/bin/python': '/usr/bin/python3' }
      docker.cli('tag', await docker.image({ ...pythonImage(), links }), IMAGE)
      symlinkSync(LAUNCHER, join(folder, 'stella'))
    }, 120_000)
    beforeEach(roomForReports)
    afterAll(() => {
      docker.tryCli('rm', '--force', 'hungry')
      docker.tryCli('rmi', IMAGE)
      rmSync(folder, { recursive: true, force: true })
    })

    test('every command does and says what stands there', () => {
      const commands = commandsOf(pageText('docs/tutorial.md'))
      expect(commands.length).toBeGreaterThan(10)
      for (const { command, output } of commands) {
        const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
          cwd: folder,
          env: {
            ...process.env,
            ...docker.env,
            PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
            STELLA_DATA: join(folder, 'data'),
          },
          encoding: 'utf8',
          timeout: 60_000,
        })
        const said = { command, missing: notInOutput(output, stdout), stderr }
        expect(said).toEqual({ command, missing: null, stderr: '' })
        // `docker run` gives back the 137 of the program.
        expect(command.startsWith('docker run ') ? 137 : 0, command).toBe(status)
      }
    }, 120_000)
  },
)
