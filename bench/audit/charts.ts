/**
 * What stella finds in manifests that others wrote: `node bench/audit/charts.ts FOLDER...`, with what `helm template` printed of
 * charts, a file for each. Where it says that a container has no limit, and where it is silent, is held against a reading of the
 * same files that shares nothing with it. All else is printed, to be judged by a person.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { audit, type Finding } from '../../src/audit/engine.ts'

const PODS =
  /^(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Rollout|DeploymentConfig|Job|CronJob|Pod)$/

function main(): void {
  const paths = process.argv
    .slice(2)
    .flatMap((folder) =>
      globSync('**/*.{yaml,yml}', { cwd: folder }).map((name) => join(folder, name)),
    )
    .toSorted()
  const counts = new Map<string, number>()
  const wrong: string[] = []
  let unjudged = 0
  for (const path of paths) {
    const text = readFileSync(path, 'utf8')
    const { findings, problems } = audit([
      { file: { path, text }, variables: new Map(), isNamed: false },
    ])
    for (const finding of findings) {
      counts.set(finding.rule.id, (counts.get(finding.rule.id) ?? 0) + 1)
      if (!isPresence(finding)) process.stdout.write(`${wordsOf(finding)}\n`)
    }
    // A template that is not rendered, and what is no YAML, are told as such and not judged.
    if (problems.length > 0) {
      unjudged++
      continue
    }
    const told = findings.filter(isPresence).length
    const there = withoutLimit(text)
    if (told !== there)
      wrong.push(`${path}: ${told} containers without a limit are told, ${there} are there`)
  }
  const sums = [...counts].toSorted(([a], [b]) => a.localeCompare(b))
  process.stdout.write(
    `${paths.length} files: ${sums.map(([id, count]) => `${id} ${count}`).join(', ') || 'no findings'}; ` +
      `${unjudged} files not judged; ${wrong.length} files read differently\n${wrong.map((line) => `${line}\n`).join('')}`,
  )
  process.exitCode = wrong.length === 0 ? 0 : 1
}

function isPresence({ rule }: Finding): boolean {
  return rule.id === 'K05' || rule.id === 'K07'
}

function wordsOf({ place, line, rule, message }: Finding): string {
  return `${place.file.path}:${line} ${rule.id} ${message}`
}

/**
 * How many containers of a manifest have no memory limit, of those that are described whole; init containers only where they
 * request memory. A LimitRange gives a limit to all.
 */
function withoutLimit(text: string): number {
  const documents = parseAllDocuments(text, { logLevel: 'silent' })
  const objects = ('empty' in documents ? [] : documents).flatMap((document) => {
    const object: unknown = document.toJS()
    return at(object, 'kind') === 'List' ? list(at(object, 'items')) : [object]
  })
  if (objects.some((object) => at(object, 'kind') === 'LimitRange')) return 0
  return objects
    .filter((object) => PODS.test(String(at(object, 'kind'))))
    .reduce<number>((sum, object) => {
      const specs = ['spec', 'jobTemplate', 'spec', 'template', 'spec']
      const pod = [specs, ['spec', 'template', 'spec'], ['spec']]
        .map((path) => at(object, ...path))
        .find((spec) => list(at(spec, 'containers')).length > 0)
      const isOpen = (container: unknown): boolean =>
        at(container, 'image') !== null && at(container, 'resources', 'limits', 'memory') === null
      const asks = (container: unknown): boolean =>
        at(container, 'resources', 'requests', 'memory') !== null
      const open = list(at(pod, 'containers')).filter(isOpen)
      const init = list(at(pod, 'initContainers')).filter((each) => isOpen(each) && asks(each))
      return sum + open.length + init.length
    }, 0)
}

function at(value: unknown, ...path: readonly string[]): unknown {
  const found = path.reduce<unknown>(
    (here, key) => (typeof here === 'object' && here !== null ? Reflect.get(here, key) : null),
    value,
  )
  return found ?? null
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

main()
