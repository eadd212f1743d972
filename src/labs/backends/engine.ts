/** Containers of Docker or Podman, whose commands are the same here. */
import { EXIT, StellaError } from '../../model/errors.ts'
import type { ContainerState } from '../../model/facts.ts'
import { inspectFormat } from '../../parsers/docker/inspect.ts'
import { findMemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { cgroupOfProcess } from '../../sources/cgroup/locate.ts'
import type { Reader } from '../../sources/reader.ts'
import type { RunResult } from '../../sources/run.ts'
import type { Workload } from '../lab.ts'
import { NOT_THERE } from '../view.ts'
import type { Seen } from '../view.ts'
import {
  nameOf,
  quoted,
  reservationLine,
  scriptFile,
  settingLines,
  swapLine,
  wordsFor,
} from './backend.ts'
import type { Backend, Site } from './backend.ts'
import { capAt, progressIn, seeGroup, seeProcess } from './group-seen.ts'
import { imageName, importImage, programIn } from './image.ts'

const LABEL = 'stella-lab'
const MOST_BYTES = 1024 * 1024
const LOOK_MS = 30_000
const MOVE_MS = 120_000
const PLACES = { cache: '/cache', disk: '/disk' }

/** @param workloadFile the program that runs in labs */
export function engineBackend(
  reader: Reader,
  engine: 'docker' | 'podman',
  workloadFile: string,
): Backend {
  const run = (args: readonly string[], timeoutMs = LOOK_MS): Promise<RunResult> =>
    reader.run([engine, ...args], {
      signal: AbortSignal.timeout(timeoutMs),
      maxBytes: MOST_BYTES,
      withStderr: args[0] === 'logs',
      env: reader.env,
    })
  const must = async (args: readonly string[]): Promise<string> => {
    const result = await run(args, MOVE_MS)
    if (result.exitCode === 0) return result.stdout
    throw refused(engine, args, result)
  }
  const image = imageName(workloadFile)
  const program = (site: Site, workload: Workload): readonly string[] => [
    ...programIn(workloadFile),
    ...wordsFor(site, workload, PLACES),
  ]
  return {
    id: engine,
    whyNot: async () => {
      const result = await run(['version'], 10_000)
      if (result.outcome === 'missing') return `${engine} is not installed`
      if (result.exitCode !== 0) return `${engine} does not answer: ${lastLine(result.stderr)}`
      return findMemoryHierarchy(reader) === null ? 'no memory groups are visible here' : null
    },
    prepare: async ({ folder }) => {
      const known = await run(['image', 'inspect', image])
      if (known.exitCode !== 0) await importImage(reader, { engine, image, folder, workloadFile })
    },
    program,
    script: async (site, workload) =>
      engineScript(engine, image, site, workload, program(site, workload)),
    async look(site, workload) {
      const name = nameOf(site.lab, workload)
      const state = containerIn(reader, await run(['inspect', '--type', 'container', name]))
      if (state === null) return NOT_THERE
      const logs = await run(['logs', '--tail', '30', name])
      return seen(reader, state, logs.stdout)
    },
    words: (site, workload) => {
      const name = nameOf(site.lab, workload)
      return {
        '': name,
        '.script': scriptFile(site, workload),
        '.target': `${engine}:${name}`,
        '.output': `${engine} logs --tail 20 ${name}`,
      }
    },
    async remove(id) {
      const filter = ['--filter', `label=${LABEL}=${id}`]
      const listed = await must(['ps', '--all', '--quiet', ...filter])
      const ids = listed.split('\n').filter(Boolean)
      if (ids.length > 0) await must(['rm', '--force', '--volumes', ...ids])
      // Where another lab uses it, the engine keeps it.
      await run(['rmi', image], MOVE_MS)
    },
  }
}

/** Begins in the folder of the lab: conmon of Podman leaves a file `oom` where it was started. */
function engineScript(
  engine: string,
  image: string,
  { lab, folder }: Site,
  workload: Workload,
  argv: readonly string[],
): string {
  const { tmpfs } = workload
  const name = nameOf(lab, workload)
  const size = tmpfs?.capBytes ?? null
  const words = [
    `${engine} run --detach --name ${name} --label ${LABEL}=${lab.id}`,
    `${LIMITS[workload.swap === null ? 'alone' : 'swap']} --oom-score-adj ${workload.adj}`,
    ...(workload.reservationBytes === null ? [] : ['--memory-reservation "$RESERVATION"']),
    `--restart "$RESTART" --network none`,
    ...(tmpfs === null ? [] : [`--tmpfs ${PLACES.cache}:rw$CACHE_SIZE`]),
    ...Object.keys(workload.settings).map((name) => `--env ${name}="$${name}"`),
    image,
    ...argv.map(quoted),
  ]
  return `#!/bin/sh
# Starts '${workload.name}' of the lab ${lab.id} in a container; one of that name is removed before.
# Change what stands in capitals, and run it again.
set -eu
LIMIT=${workload.limitBytes ?? 0}            # bytes; 0: none
${swapLine(workload)}${reservationLine(workload)}RESTART=${workload.restarts ? 'on-failure' : 'no'}
${tmpfs === null ? '' : `CACHE_SIZE=${size === null ? '' : `,size=${size}`}       # of its tmpfs: ,size=33554432\n`}${settingLines(workload).join('')}
[ "$LIMIT" != 0 ] || LIMIT=
cd ${quoted(folder)}
${engine} rm --force ${name} >/dev/null 2>&1 || :
${words.join(' \\\n  ')} >/dev/null
`
}

/** No limit is none of the sum either: Podman refuses that, while Docker passes over it. */
const LIMITS = {
  alone: '${LIMIT:+--memory "$LIMIT" --memory-swap "$LIMIT"}',
  swap: '${LIMIT:+--memory "$LIMIT"} ${SWAP:+--memory-swap "$SWAP"}',
} as const

function containerIn(reader: Reader, result: RunResult): ContainerState | null {
  if (result.exitCode !== 0) return null
  const origin = { from: 'inspect', readAt: reader.now(), source: null }
  for (const { fact } of inspectFormat.parse(result.stdout, origin)) {
    if (fact.kind === 'container-state') return fact
  }
  return null
}

function seen(reader: Reader, state: ContainerState, output: string): Seen {
  const known: Seen = {
    ...NOT_THERE,
    status: 'ended',
    exitCode: state.exitCode,
    limitBytes: state.memoryLimitBytes,
    isUnlimited: state.memoryLimitBytes === null,
    restarts: state.restartCount ?? 0,
    progress: progressIn(output),
  }
  if (state.running !== true || state.pid === null) return known
  const hierarchy = findMemoryHierarchy(reader)
  const path = hierarchy === null ? null : cgroupOfProcess(reader, hierarchy, state.pid)
  const group = hierarchy === null || path === null ? null : seeGroup(reader, hierarchy, path)
  return {
    ...known,
    ...group,
    status: 'running',
    exitCode: null,
    main: seeProcess(reader, state.pid),
    tmpfsCapBytes: capAt(reader, state.pid, PLACES.cache),
  }
}

function refused(engine: string, args: readonly string[], result: RunResult): StellaError {
  const says = lastLine(result.stderr)
  return new StellaError({
    exitCode: EXIT.unreachable,
    what: `${engine} ${args[0]} failed: ${says === '' ? result.outcome : says}`,
    todo: `see that ${engine} works: ${engine} version`,
  })
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').slice(0, 300)
}
