import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Played } from './node-view.ts'
import type { Scene } from './scene.ts'
import { openStage } from './stage.ts'

export interface PlayOptions {
  scenes: readonly Scene[]
  atOnce: number
  /** Each scene gets a folder there, and what lay in it is gone. */
  into: string
}

/** Plays scenes on a cluster, and writes down what is seen of each; one that fails makes the exit code 1. */
export async function playAll(cluster: Played, options: PlayOptions): Promise<void> {
  const queue = [...options.scenes]
  const player = async (): Promise<void> => {
    for (let scene = queue.shift(); scene !== undefined; scene = queue.shift()) {
      const folder = join(options.into, scene.name)
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      const stage = await openStage(cluster, scene.name, folder)
      console.log(`${scene.name}: begins`)
      try {
        await scene.play(stage)
        await stage.finish()
        console.log(`${scene.name}: recorded`)
      } catch (error) {
        console.error(`${scene.name}: ${String(error)}`)
        process.exitCode = 1
      } finally {
        await stage.close()
      }
    }
  }
  await Promise.all(Array.from({ length: options.atOnce }, player))
}
