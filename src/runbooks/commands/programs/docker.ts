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

const bySubcommands = bySubcommand({ ...each('changes', CHANGES), ...each('looks', LOOKS) })

/** Podman takes the same words. */
export const DOCKER: ProgramRule = {
  names: ['docker', 'podman'],
  effect: (args, effectOf) =>
    args[0] === 'exec' && effectOf(startedInside(args.slice(1))) === 'looks'
      ? 'looks'
      : bySubcommands(args),
}

/** What `exec` runs: it looks where the same program would outside. Nothing where an option is another one than these. */
function startedInside(args: readonly string[]): readonly string[] {
  let at = 0
  for (; args[at]?.startsWith('-'); at++) {
    const option = args[at] ?? ''
    if (option === '-u' || option === '--user') at++
    else if (!/^(?:-it?|-ti?|--interactive|--tty|--user=.*)$/.test(option)) return []
  }
  return args.slice(at + 1)
}
