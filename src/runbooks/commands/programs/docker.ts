import { bySubcommand, each } from '../program.ts'
import type { ProgramRule } from '../program.ts'

const LOOKS = [
  ...[
    'ps',
    'inspect',
    'logs',
    'stats',
    'top',
    'events',
    'info',
    'version',
    'images',
    'port',
    'diff',
  ],
  ...['container ls', 'container list', 'container inspect', 'container logs', 'container stats'],
  ...['container top', 'image ls', 'image inspect', 'image history', 'history', 'system df'],
  ...['volume ls', 'volume inspect', 'network ls', 'network inspect'],
  ...['compose ps', 'compose logs', 'compose config', 'compose top', 'pod ps', 'pod inspect'],
]
const CHANGES = [
  ...[
    'run',
    'create',
    'start',
    'stop',
    'restart',
    'kill',
    'pause',
    'unpause',
    'rm',
    'rmi',
    'update',
  ],
  ...['rename', 'commit', 'cp', 'pull', 'push', 'build', 'load', 'import', 'tag', 'exec', 'attach'],
  ...['container', 'image', 'system', 'volume', 'network', 'compose', 'swarm', 'service', 'pod'],
]

/** Podman takes the same words. What runs inside of a container with `exec` is not known. */
export const DOCKER: ProgramRule = {
  names: ['docker', 'podman'],
  effect: bySubcommand({ ...each('changes', CHANGES), ...each('looks', LOOKS) }),
}
