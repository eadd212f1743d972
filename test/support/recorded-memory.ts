import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MemoryRecording } from '../../scripts/guest/memory.ts'
import { REPO } from '../../scripts/lib/repo.ts'
import type { MemoryScene } from './memory-scenes.ts'

/** Where memory of every kind was recorded: cgroup v1, and two kernels with cgroup v2, the newer one with MGLRU. */
export const RECORDED_ON = ['v1', '6.1', '6.12'] as const

export function recordedMemory(where: (typeof RECORDED_ON)[number]): MemoryRecording {
  return JSON.parse(readFileSync(join(REPO, 'fixtures/tools', `${where}.json`), 'utf8'))
}

export function recordedScene(where: (typeof RECORDED_ON)[number], name: string): MemoryScene {
  const scene = recordedMemory(where).scenes[name]
  if (scene === undefined) throw new Error(`no scene ${name} on ${where}`)
  return scene
}
