import { removeAbandonedClusters } from './cluster.ts'
import { stopDocker } from './docker.ts'

/** Real parts are started by the first test that needs one, and stopped here after the last. */
export async function teardown(): Promise<void> {
  await stopDocker()
  await removeAbandonedClusters()
}
