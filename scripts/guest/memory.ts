import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MemoryScene } from '../../test/support/memory-scenes.ts'
import type { ToolsRecording } from '../../test/support/record-tools.ts'
import type { KernelName } from './kernels.ts'
import { runScripts } from './script.ts'

type Tools = Readonly<Record<'docker' | 'podman', ToolsRecording>>

/** What tools and counters said of memory of every kind, on one kernel. */
export interface MemoryRecording {
  scenes: Readonly<Record<string, MemoryScene>>
  tools: Tools
}

/**
 * Boots a kernel and makes memory of every kind there.
 *
 * @param output scratch folder
 * @throws Error where the guest did not come to its end
 */
export async function recordMemory(kernel: KernelName, output: string): Promise<MemoryRecording> {
  const scripts = [
    ['inside-scenes.ts', '/out/scenes.json'],
    ['inside-tools.ts', '/out/tools.json'],
  ]
  await runScripts({ kernel, scripts, output })
  return { scenes: scenesIn(output), tools: JSON.parse(textOf(output, 'tools.json')) }
}

/** The same without the engines: what their tools print is their own arithmetic, on any kernel. */
export async function recordScenes(
  kernel: KernelName,
  output: string,
): Promise<MemoryRecording['scenes']> {
  await runScripts({ kernel, scripts: [['inside-scenes.ts', '/out/scenes.json']], output })
  return scenesIn(output)
}

function scenesIn(output: string): MemoryRecording['scenes'] {
  return JSON.parse(textOf(output, 'scenes.json'))
}

function textOf(output: string, name: string): string {
  return readFileSync(join(output, name), 'utf8')
}
