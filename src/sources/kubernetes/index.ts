import type { Reader } from '../reader.ts'
import { clusterAccess } from './access.ts'
import { KubernetesApi } from './api.ts'

/**
 * The API server that kubectl would ask.
 *
 * @throws StellaError, see {@link clusterAccess}
 */
export async function kubernetesApi(reader: Reader): Promise<KubernetesApi> {
  return new KubernetesApi(await clusterAccess(reader))
}
