import { setTimeout as pause } from 'node:timers/promises'
import { conflict } from '../../conflict.ts'
import type { Hands } from '../../driver.ts'
import type { Marathon } from './api.ts'

const LOOK_EVERY_MS = 1_000
const LONGEST_MS = 10 * 60_000
/** Marathon starts a task that fails again, for ever: after this many of the new version it is not going to hold. */
const FAILED_TASKS = 3

/**
 * Watches a deployment until it has ended.
 *
 * @param version what it deploys; null where failing tasks are not looked at
 * @throws StellaError where the new tasks fail again and again, or it takes too long
 */
export async function deploymentEnd(
  marathon: Marathon,
  { app, deploymentId, version }: { app: string; deploymentId: string; version: string | null },
  { reader, signal }: Hands,
): Promise<void> {
  const until = reader.now() + LONGEST_MS
  const failed = new Set<string>()
  for (;;) {
    const running = await marathon.deployments()
    if (running.every(({ id }) => id !== deploymentId)) return
    const last = version === null ? null : ((await marathon.app(app)).lastTaskFailure ?? null)
    if (last !== null && last.version === version) failed.add(last.taskId ?? '')
    if (failed.size >= FAILED_TASKS) {
      throw conflict(
        `its new tasks fail: ${(last?.message ?? 'no reason given').split('\n')[0]?.slice(0, 200)}`,
        app,
        'see the log of the newest task',
      )
    }
    if (reader.now() > until) {
      throw conflict(
        `the deployment ${deploymentId} has not ended after 10 minutes`,
        app,
        'see whether the cluster has an agent with so much memory free',
      )
    }
    await pause(LOOK_EVERY_MS, undefined, { signal })
  }
}
