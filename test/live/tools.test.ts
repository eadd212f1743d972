import { beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { expectShown } from '../support/expect-shown.ts'
import { recordLoad } from '../support/load-container.ts'
import { requireParts } from '../support/parts.ts'
import type { ToolsRecording } from '../support/record-tools.ts'
import { figuresFor } from '../support/shown-by-tools.ts'

describe.skipIf(requireParts('root', 'docker', 'busybox', 'compiler', 'python', 'tools'))(
  'figures of tools for a Docker container',
  () => {
    let recording: ToolsRecording

    beforeAll(async () => {
      recording = await recordLoad('docker')
    })

    it('are what docker stats, the API, ps, top, systemd-cgtop, smaps and free show', () => {
      expectShown(recording)
    })

    it('differ as they must: the load holds memory of every kind', () => {
      const figures = figuresFor(recording, recording.after)
      const bytes = (tool: string): number => figures.get(tool)?.bytes ?? Number.NaN
      // 30 MiB were written and not read again; 15 MiB of tmpfs are mapped by four processes.
      expect(bytes('cgroup') - bytes('docker stats')).toBeGreaterThan(29 * MIB)
      expect(bytes('ps RSS') - bytes('PSS')).toBeGreaterThan(3 * 15 * MIB)
      expect(bytes('ps VSZ')).toBeGreaterThan(bytes('ps RSS'))
      expect(bytes('USS')).toBeLessThan(bytes('PSS'))
      expect(bytes('cgroup peak')).toBeGreaterThanOrEqual(bytes('cgroup'))
    })
  },
)

describe.skipIf(requireParts('root', 'podman', 'busybox', 'compiler', 'python', 'tools'))(
  'figures of tools for a Podman container',
  () => {
    it('are what podman stats of this version and the others show', async () => {
      expectShown(await recordLoad('podman'))
    })
  },
)
