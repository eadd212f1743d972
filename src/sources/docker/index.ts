import { listFolder } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { podmanProgram } from '../podman/cli.ts'
import { podmanImages } from '../podman/images.ts'
import type { ImageEngine } from '../../image/source/engine.ts'
import { apiEngine } from './api.ts'
import { dockerEndpoints, podmanEndpoints } from './endpoint.ts'
import type { Engine } from './engine.ts'
import { apiImages } from './images.ts'

/** The engines that may be on this machine, in the order they are asked. Nothing is contacted yet. */
export function engines(reader: Reader, name: 'docker' | 'podman'): Engine[] {
  if (name === 'docker') {
    return dockerEndpoints(reader).map((endpoint) => apiEngine(reader, 'docker', endpoint))
  }
  return [
    ...podmanEndpoints(reader).map((endpoint) => apiEngine(reader, 'podman', endpoint)),
    ...(usesOwnPodman(reader) ? [podmanProgram(reader)] : []),
  ]
}

/** The same, for their images. */
export function imageEngines(reader: Reader, name: 'docker' | 'podman'): ImageEngine[] {
  if (name === 'docker') {
    return dockerEndpoints(reader).map((endpoint) => apiImages(reader, 'docker', endpoint))
  }
  return [
    ...podmanEndpoints(reader).map((endpoint) => apiImages(reader, 'podman', endpoint)),
    ...(usesOwnPodman(reader) ? [podmanImages(reader)] : []),
  ]
}

/**
 * Even a question makes podman set up its storage: where there is none, there is no container, and we leave no trace.
 * With CONTAINER_HOST the program only asks there, which we did ourselves.
 */
function usesOwnPodman(reader: Reader): boolean {
  const { CONTAINERS_STORAGE_CONF: configured, CONTAINER_HOST: host, HOME: home } = reader.env
  if (host !== undefined && host !== '') return false
  if (configured !== undefined) return true
  const folders = [
    '/var/lib/containers/storage',
    ...(home === undefined ? [] : [`${home}/.local/share/containers/storage`]),
  ]
  return folders.some((folder) => {
    const listed = listFolder(reader, folder)
    return listed.ok || listed.problem.kind === 'denied'
  })
}
