import {
  CACHE_SCENES,
  forkTree,
  leftMapped,
  mappedTwice,
  mergedPages,
  movedProcess,
} from './memory-scenes.ts'
import type { MemoryScene } from './memory-scenes.ts'

/** Every scene, by name; `merge` adds the one that turns KSM on for the whole machine. */
export async function allScenes(
  folder: string,
  { merge }: { merge: boolean },
): Promise<Record<string, MemoryScene>> {
  const scenes: Record<string, MemoryScene> = {}
  for (const [name, scene] of Object.entries(CACHE_SCENES)) scenes[name] = await scene(folder)
  const mapped = await mappedTwice(folder)
  scenes['mapped-first'] = mapped.first
  scenes['mapped-second'] = mapped.second
  scenes['left-mapped'] = await leftMapped(folder)
  scenes['moved'] = await movedProcess()
  scenes['forks'] = await forkTree()
  if (merge) scenes['merged'] = await mergedPages()
  return scenes
}
