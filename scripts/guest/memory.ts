import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MemoryScene } from '../../test/support/memory-scenes.ts'
import type { ToolsRecording } from '../../test/support/record-tools.ts'
import type { KernelName } from './kernels.ts'
import { runScripts } from './script.ts'

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
  const scripts = [['inside-memory.ts', '/out/memory.json']]
  await runScripts({ kernel: name, scripts, output, timeoutSeconds: 600 })
  return JSON.parse(readFileSync(join(output, 'memory.json'), 'utf8'))
}
